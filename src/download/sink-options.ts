/** Where the bytes go, as it was asked for: files, tar shards, or what a program handed in. */
import { integer, oneOf, wrong } from './option-checks.js'
import { type DownloadOptions, SINK_NAMES } from './options.js'
import type { SinkSettings } from './sink/settings.js'
import type { Sink } from './sink/sink.js'

/** @throws {RunError} ERR_OPTIONS */
export function sinkSettings(options: DownloadOptions, root: string): SinkSettings {
  againstShards(options)
  const { durable = false, trustServerNames = false } = options
  const shardSize = shardSizeOf(options)
  return { root, durable, trustServerNames, ...(shardSize === undefined ? {} : { shardSize }) }
}

/** What it costs to put a shard together grows with it. */
const MOST_IN_SHARD = 100_000

function shardSizeOf({ sink, shardSize }: DownloadOptions): number | undefined {
  if (typeof sink === 'string') oneOf('sink', sink, SINK_NAMES)
  if (sink !== 'tar') return shardSize === undefined ? undefined : wrong("`shardSize` is for tar shards: add `sink: 'tar'`")
  const size = integer('shardSize', shardSize ?? 10_000, 1)
  if (size > MOST_IN_SHARD) wrong(`Expected \`shardSize\` to be at most ${MOST_IN_SHARD}, got ${size}`)
  return size
}

/** What contradicts tar shards. */
function againstShards({ sink, journal, refresh, segments, trustServerNames }: DownloadOptions): void {
  if (sink !== 'tar') return
  if (journal !== undefined) wrong("`sink: 'tar'` needs the journal of its folder: leave `journal` out")
  if (refresh === true)
    wrong("`refresh` replaces single files, and a tar shard cannot be changed: use `fresh` with `sink: 'tar'`")
  if ((segments ?? 1) > 1)
    wrong('`segments` is for single files, and a body on its way to a tar shard comes in one piece: leave it out')
  if (trustServerNames === true) wrong('The names in tar shards are known before a server is asked: leave `trustServerNames` out')
}

/** A sink of the caller's. */
export function ownSink({ sink }: DownloadOptions): Sink | undefined {
  return typeof sink === 'string' ? undefined : sink
}
