/** What an output folder of tar shards holds, and what is wrong with it: see folder.ts. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bodiesOf } from '../../support/tar-reader.js'
import { leftovers, type OutputFolder, visible } from './folder.js'
import type { Line } from './hostile-list.js'
import type { Found } from './records.js'

const name = (shard: number): string => String(shard).padStart(5, '0')

/** The lines as they must be recorded when each shard takes so many. */
export function linesInShards(lines: readonly Line[], size: number): Line[] {
  return lines.map((line) => {
    if (line.file === undefined) return line
    const extension = line.file.slice(line.file.lastIndexOf('.'))
    return {
      ...line,
      file: `${name(Math.floor(line.id / size))}.tar`,
      member: `${String(line.id).padStart(9, '0')}${extension}`,
    }
  })
}

export class TarFolder implements OutputFolder {
  readonly path: string
  readonly #shards: readonly (readonly Line[])[]
  /** Shards found whole, as they were then. */
  readonly #whole = new Map<string, string>()

  /** @param lines of `linesInShards` */
  constructor(path: string, lines: readonly Line[], size: number) {
    this.path = path
    this.#shards = Array.from({ length: Math.ceil(lines.length / size) }, (_, shard) =>
      lines.slice(shard * size, (shard + 1) * size),
    )
  }

  complaints(): string[] {
    return visible(this.path).flatMap((file) => {
      const shard = this.#shards[Number.parseInt(file, 10)]
      if (shard === undefined || !/^\d{5}\.(?:tar|jsonl)$/.test(file)) return [`no shard is called ${file}`]
      return file.endsWith('.tar') ? this.#complaintsOf(file, shard) : []
    })
  }

  finalComplaints(): string[] {
    const names = new Set(visible(this.path))
    const wanted = this.#shards.flatMap((_, shard) => [`${name(shard)}.tar`, `${name(shard)}.jsonl`])
    return [
      ...this.complaints(),
      ...wanted.filter((file) => !names.has(file)).map((file) => `${file} is missing`),
      ...leftovers(this.path).map((file) => `${file} was left over`),
    ]
  }

  /** In its shard, or in what waits for it. */
  holds({ id, file = '' }: Found): boolean {
    if (existsSync(join(this.path, file))) return true
    const draft = join(this.path, '.halyard', 'shards', file.replace('.tar', '.jsonl'))
    if (existsSync(draft) && readFileSync(draft, 'utf8').includes(`{"id":${id},`)) return true
    // Whole, and about to be moved.
    return existsSync(draft.replace('.jsonl', '.whole'))
  }

  #complaintsOf(file: string, shard: readonly Line[]): string[] {
    const path = join(this.path, file)
    const { ino, size, ctimeNs } = statSync(path, { bigint: true })
    const state = `${ino} ${size} ${ctimeNs}`
    if (this.#whole.get(file) === state) return []
    const found = membersOf(readFileSync(path))
    const wanted = shard.filter(({ status }) => status === 'ok').map(({ member, sha256 }) => `${member} ${sha256}`)
    if (found.join('\n') !== wanted.join('\n'))
      return [`${file} is not the ${wanted.length} samples of its lines:\n${found.join('\n')}`]
    const index = readFileSync(path.replace('.tar', '.jsonl'), 'utf8').split('\n').length - 1
    if (index !== shard.length) return [`the index of ${file} has ${index} lines, should have ${shard.length}`]
    this.#whole.set(file, state)
    return []
  }
}

/** `name sha256` of every body. */
function membersOf(archive: Buffer): string[] {
  return [...bodiesOf(archive)].map(([member, body]) => `${member} ${createHash('sha256').update(body).digest('hex')}`)
}
