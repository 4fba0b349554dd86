/**
 * ResponseReader: from the bytes of a connection to answers, however they are cut into reads. Bytes of a body are handed on where they lie,
 * without a copy.
 *
 *   head ─┬─ 1xx ─▶ head
 *         ├─ Content-Length ─▶ bytes ────────────────────────┐
 *         ├─ chunked ─▶ size ─▶ bytes ─▶ size … 0 ─▶ trailers ┼─▶ complete
 *         └─ neither ─▶ bytes ─▶ end of the connection ───────┘
 */
import { DownloadError } from '../../errors.js'
import { FIELD, type Head, notHttp, readHead } from './head.js'
import { Pieces } from './pieces.js'

/** Who is told. An error thrown by it comes out of `push`. */
export interface ResponseTarget {
  /** The first byte of an answer came. */
  begun(): void
  head(head: Head): void
  body(chunk: Buffer): void
  /** The answer is whole. @param more bytes came after it, which nobody asked for */
  complete(more: boolean): void
}

/** Bytes of one head, and of the trailers of one body. */
export const MAX_HEAD = 64 * 1024
/** Bytes of the line before a chunk. */
const MAX_CHUNK_LINE = 16 * 1024

/** The size of a chunk, and extensions that nobody uses (RFC 9112, 7.1.1); without the spaces that are allowed in them, and never sent. */
const CHUNK_LINE =
  /^([0-9A-Fa-f]{1,16})(?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t\x20!\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*$/
const HEAD_END = Buffer.from('\r\n\r\n')
const BEGIN = 'HTTP/1.'
const LF = 10
const CR = 13

type State = 'idle' | 'head' | 'bytes' | 'until close' | 'chunk size' | 'chunk bytes' | 'chunk end' | 'trailers'

export class ResponseReader {
  readonly #target: ResponseTarget
  #state: State = 'idle'
  /** Of a head, or of a line of the chunked coding, what came in earlier reads. */
  readonly #held = new Pieces()
  /** Bytes that follow, of the body or of the chunk. */
  #left = 0
  #trailerBytes = 0

  constructor(target: ResponseTarget) {
    this.#target = target
  }

  /** An answer is expected from now on. */
  begin(): void {
    this.#state = 'head'
  }

  /** Nothing more is read or told. */
  stop(): void {
    this.#state = 'idle'
    this.#held.clear()
  }

  /** @throws DownloadError BAD_RESPONSE, HEADERS_TOO_LARGE, or what the target threw */
  push(chunk: Buffer): void {
    let at = 0
    // The target may stop us at any time.
    while (at < chunk.length && this.#state !== 'idle') {
      switch (this.#state) {
        case 'head':
          at = this.#readHead(chunk, at)
          break
        case 'bytes':
        case 'chunk bytes':
          at = this.#readBytes(chunk, at)
          break
        case 'until close':
          this.#target.body(at === 0 ? chunk : chunk.subarray(at))
          return
        default:
          at = this.#readLine(chunk, at)
      }
    }
  }

  /** The connection ended. @returns whether that is the regular end of a body; it is complete then */
  end(): boolean {
    if (this.#state !== 'until close') return false
    this.#complete(false)
    return true
  }

  #readHead(chunk: Buffer, at: number): number {
    const known = this.#held.length
    if (known === 0) this.#target.begun()
    // Most heads are whole in one read, and are looked at where they lie.
    const from = known === 0 ? at : 0
    const bytes = known === 0 ? chunk : this.#held.add(chunk.subarray(at, at + MAX_HEAD + HEAD_END.length - known))
    const end = bytes.indexOf(HEAD_END, Math.max(from, known - HEAD_END.length))
    if (end === -1) {
      checkBegin(bytes.subarray(from), known)
      if (known === 0) this.#held.add(bytes.subarray(from))
      return chunk.length
    }
    if (end - from > MAX_HEAD) throw tooLarge()
    this.#held.clear()
    const head = readHead(bytes.toString('latin1', from, end))
    const next = at + end - from + HEAD_END.length - known
    // Before the target is told: it may stop us.
    this.#follow(head)
    this.#target.head(head)
    if (head.status >= 200 && head.framing === 0 && this.#state !== 'idle') this.#complete(next < chunk.length)
    return next
  }

  #follow({ status, framing }: Head): void {
    if (status < 200) return
    if (framing === 'chunked') this.#state = 'chunk size'
    else if (framing === 'until close') this.#state = framing
    else {
      this.#state = 'bytes'
      this.#left = framing
    }
  }

  #readBytes(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left)
    const isChunk = this.#state === 'chunk bytes'
    this.#left -= end - at
    const isLast = this.#left === 0
    if (isLast && isChunk) this.#state = 'chunk end'
    this.#target.body(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end))
    if (isLast && !isChunk && this.#state === 'bytes') this.#complete(end < chunk.length)
    return end
  }

  /** Lines of the chunked coding: short, but they may come in pieces too. */
  #readLine(chunk: Buffer, at: number): number {
    const known = this.#held.length
    if (this.#state === 'chunk end' && known === 0 && chunk[at] !== CR) throw notHttp('a chunk is longer than its size')
    const lf = chunk.indexOf(LF, at)
    const end = lf === -1 ? chunk.length : lf + 1
    const part = chunk.subarray(at, end)
    if (known + part.length > MAX_CHUNK_LINE) throw notHttp('a line of the chunked coding has no end')
    const line = known === 0 && lf !== -1 ? part : this.#held.add(part)
    if (lf !== -1) {
      this.#held.clear()
      if (line[line.length - 2] !== CR) throw notHttp('a line of the chunked coding ends without CR')
      this.#take(line.toString('latin1', 0, line.length - 2), end < chunk.length)
    }
    return end
  }

  #take(line: string, more: boolean): void {
    if (this.#state === 'chunk size') {
      const [, digits] = CHUNK_LINE.exec(line) ?? []
      const size = digits === undefined ? Number.NaN : Number.parseInt(digits, 16)
      if (!Number.isSafeInteger(size)) throw notHttp('a chunk without a size that could be read')
      this.#left = size
      this.#trailerBytes = 0
      this.#state = size === 0 ? 'trailers' : 'chunk bytes'
    } else if (this.#state === 'chunk end') {
      if (line !== '') throw notHttp('a chunk is longer than its size')
      this.#state = 'chunk size'
    } else if (line === '') this.#complete(more)
    else {
      this.#trailerBytes += line.length + 2
      if (this.#trailerBytes > MAX_HEAD) throw tooLarge()
      // Nothing of them is used; but what is no trailer is no HTTP.
      if (!FIELD.test(line)) throw notHttp('a trailer of the answer is not of the form that HTTP knows')
    }
  }

  #complete(more: boolean): void {
    this.#state = 'idle'
    this.#target.complete(more)
  }
}

/** A head that is not whole yet: what can be said of it already. @param known bytes of it that were looked at before */
function checkBegin(begin: Buffer, known: number): void {
  if (begin.length >= MAX_HEAD + HEAD_END.length) throw tooLarge()
  const text = begin.toString('latin1', 0, BEGIN.length)
  if (text !== BEGIN.slice(0, text.length)) throw notHttp('the answer is not HTTP/1.1')
  for (let lf = begin.indexOf(LF, known); lf !== -1; lf = begin.indexOf(LF, lf + 1))
    if (begin[lf - 1] !== CR) throw notHttp('a line of the head ends without CR')
}

const tooLarge = (): DownloadError =>
  new DownloadError('HEADERS_TOO_LARGE', `the head of the answer has more than ${MAX_HEAD / 1024} KB`)
