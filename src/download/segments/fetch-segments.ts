/**
 * One file by several requests at once: each asks for a piece, the next one that is missing, until none is.
 *
 *   first piece ─▶ 206, strong ETag, length ─▶ the part has its full size ─▶ as many lanes as asked for: next piece, next piece, … ─▶ whole
 *        │
 *        └─ 200, or all of it in one piece ─▶ one stream, by the same answer
 *
 * Pieces are taken in order, so that what is hashed from the begin of the file is never far behind. Every piece is asked for by If-Range: an
 * answer of another version, another length, another range than asked for, or of everything, ends all of them, and what they brought is
 * dropped. Never are bytes of two versions in one file.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { StopSignal } from '../../futures/index.js'
import { DownloadError, failureKind } from '../errors.js'
import type { Fetcher, FetchRequest, FetchResult, Receiver, ResponseHead, Validator } from '../fetch/fetcher.js'
import type { Scatter } from '../sink/sink.js'
import { FirstReceiver, PieceReceiver, type Taker } from './piece.js'
import { type Range, Ranges } from './ranges.js'
import type { SegmentSettings } from './settings.js'

/** What it takes to fetch a file in segments. */
export interface SegmentsParts {
  readonly fetcher: Fetcher
  /** For all of the file; `resume` is not looked at. */
  readonly request: FetchRequest
  readonly scatter: Scatter
  /** Takes the file where it comes in one stream after all. */
  readonly whole: Receiver
  readonly settings: SegmentSettings
  /** ms for all of it. 0: no limit. */
  readonly timeout: number
  readonly signal: StopSignal | undefined
  /** The pieces begin; the part is open and has its size. */
  readonly onOpen: (total: number) => void
  /** After each chunk: bytes that are there from the begin of the file without a gap, and in all. */
  readonly onBytes: (front: number, bytes: number) => void
}

/** What is noted is at most so many bytes and ms old: so much a kill may cost. */
const NOTE_BYTES = 16 * 1024 * 1024
const NOTE_TIME = 1000
/** A file has at least so many pieces for each lane, so that all end at about the same time. */
const PIECES_PER_LANE = 8

/** Says that the bytes at hand are not of one file, or that this server does not serve pieces. */
const NOT_IN_PIECES: ReadonlySet<string> = new Set(['CHANGED', 'RANGE_MISMATCH'])

/**
 * @returns as for one request for all of it, with the head of the first answer. Undefined: it cannot be had in pieces and must be asked for
 * in one stream; what was written until then is of no use
 * @throws {DownloadError} it failed; what is there is noted
 */
export function fetchSegments(parts: SegmentsParts): Promise<FetchResult | undefined> {
  return new Segments(parts).run()
}

class Segments implements Taker {
  readonly #parts: SegmentsParts
  readonly #controller = new AbortController()
  /** Which bytes are there. */
  #done = new Ranges()
  #total = 0
  #validator: Validator | undefined
  /** What no lane has taken yet, in order. */
  #todo: Range[] = []
  #pieceSize: number
  #lanes: Promise<void>[] = []
  /** Lanes at work. */
  #running = 0
  /** How many may be; each failure costs one. */
  #allowed: number
  /** Why all of it ends. */
  #failure: unknown
  /** Why nothing more is asked for: the server wants to be left alone. What is on its way may come. */
  #pause: DownloadError | undefined
  #isScattered = false
  #head: ResponseHead | undefined
  readonly #startedAt = performance.now()
  #headAt = 0
  #notedBytes = 0
  #notedAt = performance.now()

  constructor(parts: SegmentsParts) {
    this.#parts = parts
    this.#pieceSize = parts.settings.size
    this.#allowed = parts.settings.count
  }

  async run(): Promise<FetchResult | undefined> {
    const { signal, timeout } = this.#parts
    const stop = (): void => this.#end(new DownloadError('STOPPED', 'the download was stopped'))
    const timer =
      timeout === 0
        ? undefined
        : setTimeout(() => this.#end(new DownloadError('TIMEOUT_TOTAL', `not whole within ${timeout} ms`)), timeout)
    signal?.addEventListener('abort', stop)
    try {
      if (signal?.aborted === true) stop()
      return await this.#fetchAll()
    } catch (error) {
      const failure = this.#failure ?? error
      if (failure instanceof DownloadError && NOT_IN_PIECES.has(failure.code)) return undefined
      if (this.#isScattered) this.#noteAtLast()
      throw failure
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    }
  }

  /** The first piece says whether there can be others; they begin as soon as its head is here. */
  async #fetchAll(): Promise<FetchResult> {
    const left = this.#parts.request.unless === undefined ? this.#parts.scatter.left : undefined
    const isLeftSure = left?.validator.etag !== undefined && left.validator.total !== undefined
    if (isLeftSure) {
      this.#done = new Ranges(left.done)
      this.#validator = left.validator
    }
    const [from, to] = this.#done.missing(left?.validator.total ?? Number.POSITIVE_INFINITY)[0] ?? [0, 0]
    const first: Range = [from, Math.min(to, from + this.#pieceSize)]
    const { unless } = this.#parts.request
    this.#running = 1
    const receiver = new FirstReceiver(this, first, isLeftSure)
    let result: FetchResult | undefined
    try {
      result = await this.#fetch(first, receiver, unless)
    } catch (error) {
      if (!this.#isScattered) throw error
      this.#lost(error, receiver.rest)
    }
    // One stream, or nothing new.
    if (!this.#isScattered && result !== undefined) return result
    this.#running -= 1
    if (result !== undefined) this.#startLane()
    while (this.#lanes.length > 0) await this.#lanes.shift()
    if (this.#failure !== undefined) throw this.#failure
    if (this.#done.size < this.#total) {
      throw this.#pause ?? new DownloadError('TRUNCATED', `${this.#done.size} bytes of ${this.#total} came`)
    }
    return { head: this.#head as ResponseHead, bytes: this.#total, ms: result?.ms ?? { ttfb: this.#headAt - this.#startedAt } }
  }

  /** @returns who takes the body that begins with this head */
  firstHead(head: ResponseHead, piece: Range, isContinued: boolean): Receiver | Promise<Receiver> {
    const { total, length } = head
    const { scatter, whole } = this.#parts
    const isPiece = head.status === 206 && head.from === piece[0] && total !== undefined && length !== undefined
    if (!isPiece || (length === total && !isContinued)) {
      // All of it, by this one answer; or what a server sends that has other ideas, which one stream judges as ever.
      if (head.from !== 0 || (total !== undefined && length !== total)) {
        throw new DownloadError('RANGE_MISMATCH', 'the server sent another piece than asked for', { http: head.status })
      }
      return whole
    }
    if (!isContinued) {
      if (head.etag === undefined || !/^"[^"]*"$/.test(head.etag)) {
        throw new DownloadError('RANGE_MISMATCH', 'the server sends pieces without saying of which version (no strong ETag)')
      }
      this.#validator = { etag: head.etag, total }
    }
    const opening = scatter.open(head, isContinued)
    return opening === undefined ? this.#opened(head, piece, total) : opening.then(() => this.#opened(head, piece, total))
  }

  /** The part has its size: now the other lanes may begin. */
  #opened(head: ResponseHead, piece: Range, total: number): Receiver {
    const { settings, onOpen } = this.#parts
    this.#head = head
    this.#headAt = performance.now()
    this.#isScattered = true
    this.#total = total
    this.#pieceSize = Math.max(settings.size, Math.ceil(total / (settings.count * PIECES_PER_LANE)))
    this.#todo = this.#done
      .missing(total)
      .map(([from, to]): Range => (from === piece[0] ? [Math.min(piece[1], to), to] : [from, to]))
      .filter(([from, to]) => from < to)
    this.#notedBytes = this.#done.size
    onOpen(total)
    for (let lane = 1; lane < this.#allowed; lane += 1) this.#startLane()
    return new PieceReceiver(this, piece)
  }

  redirected(url: string): void {
    this.#parts.whole.redirected?.(url)
  }

  /** Bytes of a piece, from `position` on. */
  take(chunk: Uint8Array, position: number): void {
    this.#parts.scatter.writeAt(chunk, position)
    this.#done.add(position, position + chunk.length)
    const { size, front } = this.#done
    this.#parts.onBytes(front, size)
    const isTime = size - this.#notedBytes >= NOTE_BYTES || performance.now() - this.#notedAt >= NOTE_TIME
    if (isTime && size < this.#total) this.#note()
  }

  #startLane(): void {
    if (this.#todo.length === 0 || this.#failure !== undefined || this.#pause !== undefined) return
    this.#running += 1
    this.#lanes.push(this.#lane())
  }

  async #lane(): Promise<void> {
    // Not from within the parser that read the first head; and the connection of the piece before is free again a turn later.
    await turn()
    try {
      for (let piece = this.#next(); piece !== undefined; await turn(), piece = this.#next()) {
        const receiver = new PieceReceiver(this, piece)
        try {
          await this.#fetch(piece, receiver)
        } catch (error) {
          this.#lost(error, receiver.rest)
          return
        }
      }
    } finally {
      this.#running -= 1
    }
  }

  /** A lane has failed: what it did not bring is fetched by the others, or by another one if there are none. */
  #lost(error: unknown, [from, to]: Range): void {
    if (from < to) this.#todo = [...this.#todo, [from, to] as const].sort(([a], [b]) => a - b)
    this.#allowed -= 1
    if (!this.#canDoWithout(error)) this.#end(error)
    else if (this.#running === 1) this.#startLane()
  }

  /** Whether the attempt goes on: a server may allow fewer connections than we would like, or close one of them. */
  #canDoWithout(error: unknown): boolean {
    if (this.#failure !== undefined || !(error instanceof DownloadError) || NOT_IN_PIECES.has(error.code)) return false
    const kind = failureKind(error.code)
    if (kind === 'output' || kind === 'stopped') return false
    if (error.retryAfter !== undefined) this.#pause ??= error
    return this.#allowed > 0
  }

  #next(): Range | undefined {
    if (this.#failure !== undefined || this.#pause !== undefined) return undefined
    const gap = this.#todo.shift()
    if (gap === undefined) return undefined
    const [from, to] = gap
    const end = Math.min(to, from + this.#pieceSize)
    if (end < to) this.#todo.unshift([end, to])
    return [from, end]
  }

  #fetch([from, to]: Range, receiver: Receiver, unless?: FetchRequest['unless']): Promise<FetchResult> {
    const { fetcher, request } = this.#parts
    const { url, mirrorOf, headers } = request
    const validator = this.#validator
    return fetcher.fetch(
      {
        url,
        ...(mirrorOf === undefined ? {} : { mirrorOf }),
        ...(headers === undefined ? {} : { headers }),
        piece: { from, to, ...(validator === undefined ? {} : { validator }) },
        ...(unless === undefined ? {} : { unless }),
      },
      receiver,
      this.#controller.signal,
    )
  }

  #note(): void {
    this.#parts.scatter.note(this.#done.list)
    this.#notedBytes = this.#done.size
    this.#notedAt = performance.now()
  }

  /** An older note is true, too; why it could not be renewed is not the news. */
  #noteAtLast(): void {
    try {
      this.#note()
    } catch {
      // As above.
    }
  }

  #end(failure: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    this.#controller.abort()
  }
}
