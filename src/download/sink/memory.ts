/** MemorySink: files in memory, for tests and for programs that want bytes rather than a folder. */
import { DownloadError } from '../errors.js'
import type { ResponseHead, Validator } from '../fetch/fetcher.js'
import type { Job } from '../job.js'
import { validatorOf, type Resumable } from './partial.js'
import type { Committed, Part, Sink } from './sink.js'

interface Kept {
  readonly url: string
  readonly bytes: Buffer
  readonly validator: Validator
}

/**
 * Everything published is in `files`, by name. Grows with every file: for lists whose files fit in memory.
 *
 * ```ts
 * const sink = new MemorySink()
 * await downloadMany(urls, { sink, journal: false }).summary
 * sink.files.get('cn.gif') // Uint8Array
 * ```
 */
export class MemorySink implements Sink {
  readonly files: Map<string, Uint8Array> = new Map()
  readonly #kept = new Map<number, Kept>()

  begin(job: Job): Part {
    const found = this.#kept.get(job.id)
    return new MemoryPart(this.files, this.#kept, job, found?.url === job.url ? found : undefined)
  }

  has(file: string, bytes?: number): boolean {
    const found = this.files.get(file)
    return found !== undefined && (bytes === undefined || found.length === bytes)
  }

  close(): void {
    // Nothing is held but memory.
  }
}

class MemoryPart implements Part {
  readonly resumable?: Resumable
  readonly #files: Map<string, Uint8Array>
  readonly #kept: Map<number, Kept>
  readonly #job: Job
  readonly #found: Kept | undefined
  #chunks: Buffer[] | undefined
  #bytes = 0
  #ended = false
  #validator: Validator | undefined

  constructor(files: Map<string, Uint8Array>, kept: Map<number, Kept>, job: Job, found: Kept | undefined) {
    this.#files = files
    this.#kept = kept
    this.#job = job
    this.#found = found
    if (found !== undefined) this.resumable = { bytes: found.bytes.length, validator: found.validator }
  }

  existing(take: (chunk: Uint8Array) => void): void {
    if (this.#found !== undefined) take(this.#found.bytes)
  }

  open(head: ResponseHead): void {
    if (this.#chunks !== undefined || this.#ended) throw new Error('a part is opened once')
    const found = head.from === 0 ? undefined : this.#found
    if (head.from !== (found?.bytes.length ?? 0)) {
      this.abandon(false)
      throw new DownloadError('RANGE_MISMATCH', `the body begins at byte ${head.from}, and other bytes are there`)
    }
    this.#kept.delete(this.#job.id)
    this.#validator = validatorOf(head)
    this.#chunks = found === undefined ? [] : [found.bytes]
    this.#bytes = head.from
  }

  write(chunk: Uint8Array): void {
    this.#opened().push(Buffer.from(chunk))
    this.#bytes += chunk.length
  }

  commit(): Committed {
    this.#files.set(this.#job.file, Buffer.concat(this.#opened()))
    this.#end()
    return { file: this.#job.file, bytes: this.#bytes }
  }

  abandon(keep: boolean): void {
    if (this.#ended) return
    const { total = 0 } = this.#validator ?? {}
    if (!keep) this.#kept.delete(this.#job.id)
    else if (this.#chunks !== undefined && this.#validator !== undefined && this.#bytes > 0 && this.#bytes < total) {
      this.#kept.set(this.#job.id, { url: this.#job.url, bytes: Buffer.concat(this.#chunks), validator: this.#validator })
    }
    this.#end()
  }

  #opened(): Buffer[] {
    if (this.#chunks === undefined) throw new Error('a part is opened before it is written, and written before it ends')
    return this.#chunks
  }

  #end(): void {
    this.#chunks = undefined
    this.#ended = true
  }
}
