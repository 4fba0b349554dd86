/** Shards that are in the output before a run begins. They would be replaced, and so they must be those of the run before it. */
import { existsSync, readdirSync } from 'node:fs'
import { RunError } from '../../errors.js'
import { layoutOf } from '../../journal/folder-layout.js'
import { readRunRecord } from '../../journal/run-record.js'
import { isShardFile } from './shard-names.js'

/** Whether a run that made shards was begun in the folder: then what looks like a shard there is one of its. */
export function madeShards(output: string): boolean {
  try {
    const { options, pending } = readRunRecord(layoutOf(output).run) ?? {}
    return options?.['sink'] === 'tar' && pending === undefined
  } catch {
    // What cannot be known to be ours is not ours.
    return false
  }
}

/** @throws {RunError} ERR_OUTPUT: there is one, named */
export function refuseForeignShards(output: string): void {
  const found = existsSync(output) ? readdirSync(output).find(isShardFile) : undefined
  if (found === undefined) return
  throw new RunError(
    'ERR_OUTPUT',
    `${output} holds ${found}, which no run here has made, and a shard may need that name: move it, or choose another folder with -o`,
  )
}
