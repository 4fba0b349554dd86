/** Exchange: one request and its answer, as a connection tells it. Nothing here allocates per chunk. */
import { DownloadError } from '../errors.js'
import { type Answer, bytesOf, readAnswer } from './answer.js'
import { connectionEnded, nameFailure, type Progress } from './name-failure.js'
import type { Wire } from './wire.js'

/** Answers of status 1xx before the real one. */
export const MAX_INTERIM = 100
/** Bytes of a body nobody wants (of a redirect, of an error) that are read to keep the connection. */
export const MAX_DISCARDED = 64 * 1024

/** ms that reading such a body may take. */
const DISCARD_TIME = 1000

/** Who asked. An error thrown by `answered` or `received` closes the connection and comes back as `broken`. */
export interface Asker {
  /** The head. `false`: the body is of no interest, and nothing more is told. */
  answered(exchange: Exchange, answer: Answer): boolean
  /** Bytes of the body, never none. May call `exchange.pause()`; a few more bytes may come all the same. */
  received(exchange: Exchange, chunk: Buffer): void
  /** The body is whole as far as its framing and its Content-Length say. */
  ended(exchange: Exchange): void
  /** Before that, something went wrong; the connection is closed. A `DownloadError`, or what `answered` or `received` threw. */
  broken(exchange: Exchange, error: unknown): void
  /** The connection had been kept open for this request, and closed without one byte of answer: it may be sent again. */
  stale(exchange: Exchange, error: DownloadError): void
}

export class Exchange {
  /** The connection; known once there is one. */
  wire: Wire | undefined
  progress: Progress = 'waiting'
  /** Whether the connection was there before. */
  reused = false
  /** ms, when the request was sent and when the head was read. */
  sentAt = 0
  answeredAt = 0
  /** Bytes of the body so far. */
  received = 0
  /** Bytes of headers so far, 1xx answers included. */
  headerBytes = 0
  readonly #asker: Asker
  readonly #now: () => number
  readonly #maxHeaderBytes: number
  #announced: number | undefined
  #interim = 0
  #abort: ((error?: Error) => void) | undefined
  #resume: (() => void) | undefined
  #paused = false
  /** The asker is told nothing more. */
  #silent = false
  #stopped = false
  #discardTimer: NodeJS.Timeout | undefined

  /** @param maxHeaderBytes what is left for headers in the whole download */
  constructor(asker: Asker, now: () => number, maxHeaderBytes: number) {
    this.#asker = asker
    this.#now = now
    this.#maxHeaderBytes = maxHeaderBytes
  }

  /** Closes the connection; the asker is told nothing more. */
  stop(): void {
    this.#silent = true
    if (this.#stopped) return
    this.#stopped = true
    clearTimeout(this.#discardTimer)
    this.#abort?.()
  }

  /** Nobody wants it any more. */
  get isStopped(): boolean {
    return this.#stopped
  }

  /** Asks the connection to wait; only within `answered` and `received`. */
  pause(): void {
    this.#paused = true
  }

  unpause(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#resume?.()
  }

  /** The request goes out now. Called again if it is sent once more, on another connection, because the first closed before. @param abort closes the connection */
  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort
    if (this.#stopped) {
      abort()
      return
    }
    this.progress = 'sent'
    this.sentAt = this.#now()
    if (this.wire === undefined) return
    this.reused = this.wire.requests > 0
    this.wire.requests += 1
    this.wire.exchange = this
  }

  /** The first byte of an answer came. */
  onResponseStarted(): void {
    this.progress = 'answering'
  }

  /**
   * A head, of a status 1xx too.
   *
   * @param fields name, value, name, value… as sent, latin1
   * @param resume what goes on where `false` made it wait
   * @returns false: the bytes that follow must wait
   */
  onHeaders(status: number, fields: readonly string[], resume: () => void): boolean {
    if (this.#stopped) return true
    this.#resume = resume
    try {
      if (status < 200) this.#countInterim(fields)
      else this.#answered(readAnswer(status, fields))
    } catch (error) {
      this.#break(error)
    }
    return !this.#paused
  }

  /** Bytes of the body. @returns false: those that follow must wait; a few may come all the same */
  onData(chunk: Buffer): boolean {
    // undici's parser, paused, repeats its last call without bytes when it goes on.
    if (chunk.length === 0 || this.#stopped) return true
    this.received += chunk.length
    try {
      if (this.#announced !== undefined && this.received > this.#announced) {
        throw nameFailure(undefined, 'body', this.received, this.#announced)
      }
      if (!this.#silent) this.#asker.received(this, chunk)
      else if (this.received > MAX_DISCARDED) this.stop()
    } catch (error) {
      this.#break(error)
    }
    return !this.#paused
  }

  /** The body is whole, says its framing. */
  onComplete(): void {
    clearTimeout(this.#discardTimer)
    this.#stopped = true
    // The connection may be that of another exchange by now.
    this.#resume = undefined
    if (this.#silent) return
    // HTTP/2 leaves this to us.
    if (this.#announced !== undefined && this.received !== this.#announced) {
      this.#asker.broken(this, nameFailure(undefined, 'body', this.received, this.#announced))
    } else this.#asker.ended(this)
  }

  /** Instead of that: the connection failed or was closed. */
  onError(error: unknown): void {
    clearTimeout(this.#discardTimer)
    this.#stopped = true
    if (this.#silent) return
    this.#silent = true
    const failure = nameFailure(error, this.progress, this.received, this.#announced)
    if (this.reused && this.progress === 'sent' && connectionEnded(error)) this.#asker.stale(this, failure)
    else this.#asker.broken(this, failure)
  }

  #answered(answer: Answer): void {
    this.headerBytes += answer.headerBytes
    this.#checkHeaderBytes()
    this.progress = 'body'
    this.answeredAt = this.#now()
    // With a 304 it is the length of the file, which is not sent.
    if (answer.status !== 304) this.#announced = answer.contentLength
    if (this.#asker.answered(this, answer)) return
    this.#silent = true
    if ((this.#announced ?? 0) > MAX_DISCARDED) this.stop()
    // Nothing waits for it, so it must not keep the program alive either.
    else if (!this.#stopped) this.#discardTimer = setTimeout(() => this.stop(), DISCARD_TIME).unref()
  }

  #countInterim(fields: readonly string[]): void {
    this.#interim += 1
    this.headerBytes += bytesOf(fields)
    this.#checkHeaderBytes()
    if (this.#interim > MAX_INTERIM) {
      throw new DownloadError('HEADERS_TOO_LARGE', `more than ${MAX_INTERIM} answers of status 1xx before the real one`)
    }
  }

  #checkHeaderBytes(): void {
    if (this.headerBytes > this.#maxHeaderBytes) {
      throw new DownloadError(
        'HEADERS_TOO_LARGE',
        'the headers of the answer, with those of its redirects, are larger than allowed',
      )
    }
  }

  #break(error: unknown): void {
    const tell = !this.#silent
    this.stop()
    if (tell) this.#asker.broken(this, error)
  }
}
