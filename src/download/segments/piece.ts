/** Who takes the bytes of a piece from the fetcher: of the first one, which decides about the others, and of each further one. */
import { DownloadError } from '../errors.js'
import type { Receiver, ResponseHead } from '../fetch/fetcher.js'
import type { Range } from './ranges.js'

/** Where all pieces come together. */
export interface Taker {
  /** @returns who takes the body that begins with this head */
  firstHead(head: ResponseHead, piece: Range, isContinued: boolean): Receiver | Promise<Receiver>
  /** A redirect is followed, to this address. */
  redirected(url: string): void
  /** Bytes of a piece, from `position` on. */
  take(chunk: Uint8Array, position: number): void
}

/** Takes one piece. */
export class PieceReceiver implements Receiver {
  readonly #taker: Taker
  readonly #piece: Range
  /** Where in the file the next byte belongs. */
  #at: number

  constructor(taker: Taker, piece: Range) {
    this.#taker = taker
    this.#piece = piece
    this.#at = piece[0]
  }

  /** What did not come. */
  get rest(): Range {
    return [this.#at, this.#piece[1]]
  }

  redirected(url: string): void {
    this.#taker.redirected(url)
  }

  head({ status, from }: ResponseHead): void {
    if (status !== 206 || from !== this.#piece[0]) {
      throw new DownloadError('CHANGED', 'the server sent all of the file, and a piece of the version at hand was asked for', {
        http: status,
      })
    }
  }

  chunk(chunk: Uint8Array): void {
    this.#taker.take(chunk, this.#at)
    this.#at += chunk.length
  }
}

/** Takes the first answer, which decides how the others are asked for. */
export class FirstReceiver implements Receiver {
  readonly #taker: Taker
  readonly #piece: Range
  readonly #isContinued: boolean
  #receiver: Receiver | undefined

  constructor(taker: Taker, piece: Range, isContinued: boolean) {
    this.#taker = taker
    this.#piece = piece
    this.#isContinued = isContinued
  }

  /** What did not come, where it is one piece of several. */
  get rest(): Range {
    return this.#receiver instanceof PieceReceiver ? this.#receiver.rest : this.#piece
  }

  redirected(url: string): void {
    this.#taker.redirected(url)
  }

  head(head: ResponseHead): void | Promise<void> {
    const receiver = this.#taker.firstHead(head, this.#piece, this.#isContinued)
    if (!(receiver instanceof Promise)) return this.#begin(receiver, head)
    return receiver.then((opened) => this.#begin(opened, head))
  }

  chunk(chunk: Uint8Array): void | Promise<void> {
    return this.#receiver?.chunk(chunk)
  }

  #begin(receiver: Receiver, head: ResponseHead): void | Promise<void> {
    this.#receiver = receiver
    return receiver.head(head)
  }
}
