/** LineChunks: the whole lines of a file, many at a time, in memory that does not grow with it. */
import { readSync } from 'node:fs'
import { journalError } from './journal-error.js'

/** What a processor's cache holds; a larger piece is slower to read. */
const CHUNK = 65_536
/** No record is longer: `recordLine` cuts what would make it so. */
export const LONGEST_LINE = 1_048_576

const LINE_FEED = 10

/** For one loop. What follows the last line break is not a line: a crash tore it, or somebody is writing it now. */
export class LineChunks implements Iterable<Buffer> {
  readonly #fd: number
  readonly #path: string
  /** Where in the file the chunk of this turn of the loop begins. */
  start: number
  /** Where it ends; after the loop, where the last whole line ends. */
  end: number

  /** `from`: where a line begins. */
  constructor(fd: number, path: string, from = 0) {
    this.#fd = fd
    this.#path = path
    this.start = from
    this.end = from
  }

  /** Each chunk is one or more whole lines, valid until the next turn. */
  *[Symbol.iterator](): Generator<Buffer, void, undefined> {
    let buffer = Buffer.allocUnsafeSlow(CHUNK)
    let held = 0
    for (;;) {
      if (held === buffer.length) {
        if (held >= LONGEST_LINE) {
          this.#refuseUnlessLast(buffer)
          return
        }
        buffer = Buffer.concat([buffer], buffer.length * 2)
      }
      const got = readSync(this.#fd, buffer, held, buffer.length - held, this.end + held)
      if (got === 0) return
      held += got
      const whole = buffer.lastIndexOf(LINE_FEED, held - 1) + 1
      if (whole === 0) continue
      this.start = this.end
      this.end += whole
      yield buffer.subarray(0, whole)
      buffer.copyWithin(0, whole, held)
      held -= whole
    }
  }

  /** A line that is longer than any record: torn if it is the last (a file system may leave zeros behind), otherwise damage. */
  #refuseUnlessLast(buffer: Buffer): void {
    for (let at = this.end; ;) {
      const got = readSync(this.#fd, buffer, 0, buffer.length, at)
      if (got === 0) return
      if (buffer.subarray(0, got).includes(LINE_FEED)) throw journalError(this.#path, this.end, 'longer than any record')
      at += got
    }
  }
}
