/** RecordIndex: where in a journal the record of each line is. Eight bytes a line of the list. */
import type { RunError } from '../errors.js'
import type { Outcome } from '../outcome.js'
import { journalError } from './journal-error.js'
import type { JournalFiles } from './journal-files.js'
import { LONGEST_LINE } from './line-chunks.js'
import { parseRecord } from './parse-record.js'

/** Lines of one page of the index. */
const PAGE = 8_192
/** Nearly all records are shorter: one read. */
const FIRST_READ = 2_048

export class RecordIndex {
  readonly #files: JournalFiles
  /** Offsets plus one, so that 0 is none. */
  readonly #pages: (Float64Array | undefined)[] = []
  readonly #mostPages: number
  #pageCount = 0
  #complete = true
  #buffer = Buffer.allocUnsafe(FIRST_READ)

  /** `files` must stay open, and as they are, for as long as the index is used. At most `mostLines` are taken up, or a few more. */
  constructor(files: JournalFiles, mostLines: number = Number.POSITIVE_INFINITY) {
    this.#files = files
    this.#mostPages = Math.ceil(mostLines / PAGE)
    files.scan((id, _status, _bytes, offset) => this.#put(id, offset))
  }

  /** Whether it has every record, because there were not too many. */
  get complete(): boolean {
    return this.#complete
  }

  #put(id: number, offset: number): void {
    const number = Math.floor(id / PAGE)
    let page = this.#pages[number]
    if (page === undefined) {
      if (this.#pageCount >= this.#mostPages) {
        this.#complete = false
        return
      }
      this.#pages[number] = page = new Float64Array(PAGE)
      this.#pageCount++
    }
    page[id % PAGE] = offset + 1
  }

  read(id: number): Outcome | undefined {
    const offset = (this.#pages[Math.floor(id / PAGE)]?.[id % PAGE] ?? 0) - 1
    return offset < 0 ? undefined : this.#readAt(offset)
  }

  /** Every record, by the number of its line. */
  *inOrder(): Generator<Outcome, void, undefined> {
    // Only the pages that there are: a single far number would make a long list of none.
    for (const number of Object.keys(this.#pages)) {
      for (const offset of this.#pages[Number(number)] ?? []) {
        if (offset > 0) yield this.#readAt(offset - 1)
      }
    }
  }

  #readAt(offset: number): Outcome {
    for (;;) {
      const got = this.#files.read(this.#buffer, offset)
      const end = this.#buffer.indexOf(10)
      if (end !== -1 && end < got) {
        const record = parseRecord(this.#buffer.toString('utf8', 0, end))
        if (record !== undefined) return record
        throw this.#error(offset, 'not a record')
      }
      if (this.#buffer.length > LONGEST_LINE) throw this.#error(offset, 'longer than any record')
      this.#buffer = Buffer.allocUnsafe(this.#buffer.length * 4)
    }
  }

  #error(place: number, what: string): RunError {
    const { path, offset } = this.#files.at(place)
    return journalError(path, offset, what)
  }
}
