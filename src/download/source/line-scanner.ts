/** Cuts bytes into lines. Works on bytes, so that a line without end costs 64 KB and not memory. */
import { isUtf8 } from 'node:buffer'
import type { ListPlace } from './source.js'

/** Longest line, in bytes. */
export const MAX_LINE = 65_536
/** How much of a bad line is shown. Bytes. */
const SHOWN = 1_024
const NEWLINE = 10
const RETURN = 13

/** Who takes the lines. Numbers are those of an editor, from 1. */
export interface LineTaker {
  /** Without its LF or CRLF. */
  line(text: string, number: number): void
  /** A line longer than 64 KB, or not UTF-8; `begin` is the begin of it, lossy. */
  badLine(code: 'INVALID_LONG' | 'INVALID_ENCODING', begin: string, number: number): void
}

export class LineScanner {
  readonly #taker: LineTaker
  #number: number
  #byte: number
  /** A line that has begun but not ended: its bytes so far. */
  #open: Buffer[] = []
  #openLength = 0

  /** `from`: the place of the first byte that will come. */
  constructor(taker: LineTaker, { byte, line }: ListPlace = { byte: 0, line: 0 }) {
    this.#taker = taker
    this.#byte = byte
    this.#number = line
  }

  /** Where the last whole line ends. */
  get place(): ListPlace {
    return { byte: this.#byte - this.#openLength, line: this.#number }
  }

  /** The chunk may be reused after the call. */
  push(chunk: Buffer): void {
    this.#byte += chunk.length
    let from = 0
    const lastEnd = chunk.lastIndexOf(NEWLINE)
    if (lastEnd !== -1) {
      from = chunk.indexOf(NEWLINE) + 1
      this.#extend(chunk.subarray(0, from - 1))
      this.#close()
      this.#wholeLines(chunk.subarray(from, lastEnd + 1))
      from = lastEnd + 1
    }
    if (from < chunk.length) this.#extend(chunk.subarray(from))
  }

  /** The last line needs no line end. */
  end(): void {
    if (this.#openLength > 0) this.#close()
  }

  #extend(bytes: Buffer): void {
    if (this.#openLength <= MAX_LINE) this.#open.push(Buffer.from(bytes))
    this.#openLength += bytes.length
    if (this.#openLength <= MAX_LINE + 1 || this.#open.length === 0) return
    // Too long by more than its CR: only what is shown is kept.
    this.#open = [Buffer.from(Buffer.concat(this.#open).subarray(0, SHOWN))]
  }

  #close(): void {
    const bytes = this.#open.length === 1 ? (this.#open[0] as Buffer) : Buffer.concat(this.#open)
    const length = this.#openLength
    this.#open = []
    this.#openLength = 0
    this.#line(bytes, 0, bytes.length, length, isUtf8(bytes))
  }

  #wholeLines(block: Buffer): void {
    const valid = isUtf8(block)
    for (let from = 0; from < block.length;) {
      const end = block.indexOf(NEWLINE, from)
      this.#line(block, from, end, end - from, valid || isUtf8(block.subarray(from, end)))
      from = end + 1
    }
  }

  #line(bytes: Buffer, from: number, to: number, length: number, valid: boolean): void {
    this.#number += 1
    const isReturn = length === to - from && length > 0 && bytes[to - 1] === RETURN
    if (length - (isReturn ? 1 : 0) > MAX_LINE) {
      this.#taker.badLine('INVALID_LONG', bytes.toString('latin1', from, Math.min(to, from + SHOWN)), this.#number)
    } else if (valid) {
      this.#taker.line(bytes.toString('utf8', from, isReturn ? to - 1 : to), this.#number)
    } else {
      this.#taker.badLine('INVALID_ENCODING', bytes.toString('utf8', from, Math.min(to, from + SHOWN)), this.#number)
    }
  }
}
