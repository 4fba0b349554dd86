import type { Known } from '../job.js'
import { JournalFiles } from './journal-files.js'
import { RecordIndex } from './record-index.js'

/** What the run before a refresh knew of each line's file; read from the disk when it is asked for. */
export class PreviousRecords {
  readonly #files: JournalFiles
  readonly #index: RecordIndex
  #closed = false

  constructor(path: string) {
    this.#files = new JournalFiles(path)
    try {
      this.#index = new RecordIndex(this.#files)
    } catch (error) {
      this.#files.close()
      throw error
    }
  }

  /** Undefined for a line that has no file from before. */
  known(id: number): Known | undefined {
    const record = this.#index.read(id)
    if (record?.file === undefined || (record.status !== 'ok' && record.status !== 'unchanged')) return undefined
    const { file, bytes, sha256, etag, lastModified } = record
    return {
      file,
      ...(bytes !== undefined && { bytes }),
      ...(sha256 !== undefined && { sha256 }),
      ...(etag !== undefined && { etag }),
      ...(lastModified !== undefined && { lastModified }),
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#files.close()
  }
}
