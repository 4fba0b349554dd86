import { FilesSink } from './files.js'
import type { SinkSettings } from './settings.js'
import type { Sink } from './sink.js'

/** The sink that the settings ask for; what tar shards take is loaded only for them. @throws {RunError} ERR_OPTIONS */
export async function newSink(settings: SinkSettings): Promise<Sink> {
  if (settings.shardSize === undefined) return new FilesSink(settings)
  const { TarSink } = await import('./tar/tar-sink.js')
  return new TarSink(settings, settings.shardSize)
}
