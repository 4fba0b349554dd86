/** One attempt at one sample: in memory while it is small, in a spool of its own when it is not, and in a spool once it is whole. */
import { DownloadError } from '../../errors.js'
import type { ResponseHead } from '../../fetch/fetcher.js'
import type { Job } from '../../job.js'
import { outputFailure } from '../output-failure.js'
import type { Committed, Part } from '../sink.js'
import { tarName } from './shard-names.js'
import type { Spool, Spools } from './spools.js'

/** Bytes of one body, and of all in this thread together, that are kept in memory. */
const SMALL = 1024 * 1024
const MOST_HELD = 16 * 1024 * 1024

/** Made by `TarSink.begin`. A body that was cut off is not continued: `existing` has nothing to say. */
export class TarPart implements Part {
  readonly #spools: Spools
  readonly #job: Job
  readonly #shard: number
  #state: 'begun' | 'open' | 'ended' = 'begun'
  #chunks: Buffer[] = []
  #bytes = 0
  /** Bytes of it that are counted in `Spools.held`. */
  #held = 0
  #own: Spool | undefined

  constructor(spools: Spools, job: Job, shard: number) {
    this.#spools = spools
    this.#job = job
    this.#shard = shard
  }

  existing(): void {
    // Nothing is kept of a body that is not whole.
  }

  open({ from, length = 0 }: ResponseHead): void {
    if (this.#state !== 'begun') throw new Error('a part is opened once')
    if (from !== 0) {
      this.#state = 'ended'
      throw new DownloadError('RANGE_MISMATCH', `the body begins at byte ${from}, and nothing is there`)
    }
    this.#state = 'open'
    if (length > SMALL) this.#try(() => this.#spill())
  }

  write(chunk: Uint8Array): void {
    this.#opened()
    this.#bytes += chunk.length
    if (this.#own === undefined && (this.#bytes > SMALL || this.#spools.held + chunk.length > MOST_HELD)) {
      this.#try(() => this.#spill())
    }
    const own = this.#own
    if (own !== undefined) {
      this.#try(() => own.append(chunk))
      return
    }
    this.#chunks.push(Buffer.from(chunk))
    this.#held += chunk.length
    this.#spools.held += chunk.length
  }

  commit(): Committed {
    this.#opened()
    const spooled = this.#try(() => {
      const own = this.#own
      if (own === undefined) return this.#spools.add(this.#shard, this.#whole())
      const { spool } = own.end
      this.#spools.settle(own)
      this.#own = undefined
      return { spool, at: 0 }
    })
    this.#end()
    return { file: tarName(this.#shard), member: this.#job.file, bytes: this.#bytes, spooled }
  }

  /** Never throws: it cleans up after something worse. */
  abandon(): void {
    try {
      this.#own?.remove()
    } catch {
      // It goes with its shard.
    }
    this.#end()
  }

  /** From memory into a spool of its own. */
  #spill(): void {
    this.#own = this.#spools.own(this.#shard)
    for (const chunk of this.#chunks) this.#own.append(chunk)
    this.#release()
  }

  #whole(): Uint8Array {
    const [only] = this.#chunks
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks)
  }

  #release(): void {
    this.#spools.held -= this.#held
    this.#held = 0
    this.#chunks = []
  }

  #end(): void {
    this.#state = 'ended'
    this.#own = undefined
    this.#release()
  }

  #opened(): void {
    if (this.#state !== 'open') throw new Error('a part is opened before it is written, and written before it ends')
  }

  #try<T>(call: () => T): T {
    try {
      return call()
    } catch (error) {
      throw outputFailure(error, this.#job.file)
    }
  }
}
