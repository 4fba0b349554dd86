/** Body: hands the bytes of an answer on, one after the other, and says when they are whole. */
import { DownloadError } from '../errors.js'
import { Decoder, type DecoderTarget, type readCodings } from './decode.js'
import type { Exchange } from './exchange.js'
import type { Receiver, ResponseHead } from './fetcher.js'
import type { RateLimit } from './rate-limit.js'

/** Who is told of the end. */
export interface BodyOwner {
  /** Everything was handed on, and nothing is missing. */
  whole(): void
  failed(error: unknown): void
}

/** While the receiver is busy (its promise), the rate is used up, or the decoder is full, the connection is asked to wait: the body is held. */
export class Body implements DecoderTarget {
  readonly head: ResponseHead
  /** Bytes handed on. */
  bytes = 0
  held = false
  readonly #receiver: Receiver
  readonly #exchange: Exchange
  readonly #range: number | undefined
  readonly #maxSize: number
  readonly #rate: RateLimit
  readonly #owner: BodyOwner
  readonly #decoder: Decoder | undefined
  /** Came while held. */
  readonly #waiting: Buffer[] = []
  #inputOver = false
  #over = false
  #timer: NodeJS.Timeout | undefined

  /**
   * @param codings to be undone, in the order they were applied
   * @param range bytes of the range, undefined where it is none
   * @param maxSize largest whole file, decoded; 0: no limit
   */
  constructor(
    head: ResponseHead,
    receiver: Receiver,
    exchange: Exchange,
    codings: ReturnType<typeof readCodings>,
    range: number | undefined,
    maxSize: number,
    rate: RateLimit,
    owner: BodyOwner,
  ) {
    this.head = head
    this.#receiver = receiver
    this.#exchange = exchange
    this.#range = range
    this.#maxSize = maxSize
    this.#rate = rate
    this.#owner = owner
    this.#decoder = codings.length === 0 ? undefined : new Decoder(codings, this)
  }

  /** Whether all was received, and only our own side is still at work. */
  get inputOver(): boolean {
    return this.#inputOver
  }

  /** Tells the receiver of the head. */
  begin(): void {
    const maxSize = this.#maxSize
    const { total, length, from } = this.head
    const size = total ?? (length === undefined ? 0 : from + length)
    if (maxSize > 0 && size > maxSize) throw this.#tooLarge(`${size} bytes`)
    this.#hold(this.#receiver.head(this.head), 0)
  }

  take(chunk: Buffer): void {
    if (this.held) this.#waiting.push(chunk)
    else this.#pass(chunk)
  }

  /** The last byte was received. */
  end(): void {
    this.#inputOver = true
    if (!this.held) this.#finishInput()
  }

  /** Nothing more is handed on. */
  destroy(): void {
    this.#over = true
    clearTimeout(this.#timer)
    this.#decoder?.destroy()
  }

  chunk(chunk: Uint8Array): void | Promise<void> {
    this.bytes += chunk.length
    const maxSize = this.#maxSize
    const range = this.#range
    if (maxSize > 0 && this.head.from + this.bytes > maxSize) throw this.#tooLarge(`${this.head.from + this.bytes} bytes so far`)
    if (range !== undefined && this.bytes > range) throw this.#wrongRange()
    return this.#receiver.chunk(chunk)
  }

  done(): void {
    if (this.#range !== undefined && this.bytes !== this.#range) this.failed(this.#wrongRange())
    else this.#owner.whole()
  }

  failed(error: unknown): void {
    if (!this.#over) this.#owner.failed(error)
  }

  #pass(chunk: Buffer): void {
    const maxSize = this.#maxSize
    if (this.#decoder === undefined) {
      this.#hold(this.chunk(chunk), this.#rate.take(chunk.length))
      return
    }
    // A stream can be large and decode to nothing. No coding makes a file more than a little larger.
    if (maxSize > 0 && this.#exchange.received > maxSize * 1.01 + 65_536)
      throw this.#tooLarge(`${this.#exchange.received} coded bytes so far`)
    // A copy: it is decoded later, and what was read may be read over by then.
    this.#hold(this.#decoder.write(Buffer.from(chunk)), this.#rate.take(chunk.length))
  }

  /** @param delay ms to wait beside the promise */
  #hold(wait: void | Promise<void>, delay: number): void {
    if (wait === undefined && delay === 0) return
    this.held = true
    this.#exchange.pause()
    const release = (): void => this.#release()
    const later = (): void => {
      if (delay === 0) release()
      else if (!this.#over) this.#timer = setTimeout(release, delay)
    }
    if (wait === undefined) later()
    else wait.then(later, (error: unknown) => this.failed(error))
  }

  #release(): void {
    if (this.#over) return
    this.held = false
    try {
      for (let chunk = this.#waiting.shift(); chunk !== undefined; chunk = this.held ? undefined : this.#waiting.shift())
        this.#pass(chunk)
    } catch (error) {
      this.failed(error)
      return
    }
    if (this.held) return
    if (this.#inputOver) this.#finishInput()
    else this.#exchange.unpause()
  }

  #finishInput(): void {
    if (this.#decoder === undefined) this.done()
    else this.#decoder.end()
  }

  #tooLarge(size: string): DownloadError {
    return new DownloadError('TOO_LARGE', `${size}; at most ${this.#maxSize} are wanted`, { http: this.head.status })
  }

  #wrongRange(): DownloadError {
    return new DownloadError('RANGE_MISMATCH', `the range should have ${this.#range} bytes, ${this.bytes} came`, {
      http: this.head.status,
    })
  }
}
