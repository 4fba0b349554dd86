/** How shards and their files are called. */
import { STATE_FOLDER } from '../../naming/state-folder.js'

/** More when they are needed. */
const DIGITS = 5

/** `00000` for shard 0. */
export function shardName(shard: number): string {
  return String(shard).padStart(DIGITS, '0')
}

/** `00000.tar`: the samples. */
export function tarName(shard: number): string {
  return `${shardName(shard)}.tar`
}

/** `00000.jsonl`: a line for each line of the list, and where in the shard its sample is. */
export function indexName(shard: number): string {
  return `${shardName(shard)}.jsonl`
}

/** Whether a name in the output is one that shards have. */
export function isShardFile(name: string): boolean {
  return /^\d{5,}\.(?:tar|jsonl)$/.test(name)
}

/** Where unfinished shards are kept, of the run in `root`. */
export function workFolder(root: string): string {
  return `${root}/${STATE_FOLDER}/shards`
}

/** The file in `workFolder` that holds bodies; `spool` is its own name among those of the shard. */
export function spoolName(shard: number, spool: string): string {
  return `${shardName(shard)}.${spool}.spool`
}
