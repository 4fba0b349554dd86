import { FilesSink } from './files.js'
import type { SinkSettings } from './settings.js'
import type { Sink } from './sink.js'
import { TarSink } from './tar/tar-sink.js'

/** The sink that the settings ask for. @throws {RunError} ERR_OPTIONS */
export function newSink(settings: SinkSettings): Sink {
  return settings.shardSize === undefined ? new FilesSink(settings) : new TarSink(settings, settings.shardSize)
}
