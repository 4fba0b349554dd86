/**
 * TarSink: what `--sink tar` is in the threads that download. It puts whole bodies into spools; `Shards`, in the thread that records, puts
 * them together.
 */
import type { Job } from '../../job.js'
import type { SinkSettings } from '../settings.js'
import type { Sink } from '../sink.js'
import { workFolder } from './shard-names.js'
import { Spools } from './spools.js'
import { TarPart } from './tar-part.js'

export class TarSink implements Sink {
  readonly #size: number
  readonly #spools: Spools

  constructor({ root, durable }: SinkSettings, shardSize: number) {
    this.#size = shardSize
    this.#spools = new Spools(workFolder(root), durable)
  }

  begin(job: Job): TarPart {
    return new TarPart(this.#spools, job, Math.floor(job.id / this.#size))
  }

  /** Asking only for what changed is not for shards. */
  has(): boolean {
    return false
  }

  close(): void {
    this.#spools.close()
  }
}
