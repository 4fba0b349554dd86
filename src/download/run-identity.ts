/** What makes a run this run and no other: its list, and the options that change what ends up in the folder. */
import { createHash } from 'node:crypto'
import type { RunDescription } from './journal/run-record.js'
import type { ResolvedOptions } from './resolve-options.js'
import type { Source, SourceEntry } from './source/source.js'

/**
 * Not among them: how fast, how patiently, through which proxy, with which credentials. A run may be continued with another password, or
 * more slowly.
 */
export function runIdentity(
  { nameTemplate, onCollision, plan }: ResolvedOptions,
  list: string | undefined,
  version: string,
): RunDescription {
  const { trustServerNames, shardSize } = plan.sink
  return {
    version,
    ...(list === undefined ? {} : { list }),
    options: {
      name: nameTemplate,
      'on-collision': onCollision,
      'trust-server-names': trustServerNames,
      decode: plan.fetch.decode,
      ...(shardSize === undefined ? {} : { sink: 'tar', 'shard-size': shardSize }),
    },
  }
}

/**
 * A source that says whose list it is with its first entry, for those that cannot tell before: standard input, a generator. It is little to
 * go by, but it comes before anything is recorded, however slowly the rest arrives.
 */
export function identified(source: Source, listIs: (list: string) => void): Source {
  return {
    ...(source.size === undefined ? {} : { size: source.size }),
    fingerprint: () => source.fingerprint(),
    async *batches(signal) {
      let isFirst = true
      for await (const batch of source.batches(signal)) {
        const [first] = batch
        if (isFirst && first !== undefined) {
          isFirst = false
          listIs(fingerprintOf(first))
        }
        yield batch
      }
    },
  }
}

function fingerprintOf(entry: SourceEntry): string {
  const text = 'input' in entry ? JSON.stringify(entry.input) : entry.text
  return `first:${createHash('sha256').update(text).digest('hex')}`
}
