/** Http1Line: one connection, with one request at a time on it. */
import type { Socket } from 'node:net'
import type { Exchange } from '../exchange.js'
import type { OpenLine } from '../open-lines.js'
import { filledItsBuffer, readsDirectly } from '../read-buffers.js'
import type { Wire } from '../wire.js'
import type { Head } from './head.js'
import { ResponseReader, type ResponseTarget } from './response-reader.js'

/** ms for which an idle connection is taken for open, where the server does not say. */
const IDLE = 4000
/** What the server says is shortened by so much: it counts from the moment at which it sent the last byte. */
const SAFETY = 1000

/** Who gives a line its requests. */
export interface LineOwner {
  /** It is free: for the next one, or to `rest`. */
  freed(line: Http1Line): void
  /** It will be, in the next turn, if it is not gone by then. */
  settling(line: Http1Line): void
  /** It is closed, or will not be used again. Said once. */
  gone(line: Http1Line): void
}

export class Http1Line implements OpenLine, ResponseTarget {
  readonly wire: Wire
  slot = 0
  /** ms, monotonic: until when it may be used again, if it rests. */
  idleUntil = 0
  /** The owner's own. */
  settles = false
  readonly #socket: Socket
  readonly #owner: LineOwner
  readonly #now: () => number
  readonly #reader = new ResponseReader(this)
  /** Whether it is read without a stream. */
  readonly #direct: boolean
  #exchange: Exchange | undefined
  /** Whether it may be used again, as far as heads have said. */
  #keeps = false
  /** ms */
  #keepsFor = IDLE
  /** Whether the read that is looked at may not have been all there was. */
  #moreToRead = false
  #paused = false
  /** Whether somebody needs bytes of this read after it. */
  #kept = false
  #gone = false
  /** Whether it keeps the program running: nobody but a request does. */
  #holds = true
  readonly #abort = (): void => this.destroy()
  readonly #settled = (): void => {
    if (!this.#gone) this.#owner.freed(this)
  }
  readonly #resume = (): void => {
    this.#paused = false
    this.#socket.resume()
  }

  constructor(socket: Socket, connectMs: number, owner: LineOwner, now: () => number) {
    this.#socket = socket
    this.#owner = owner
    this.#now = now
    this.wire = { socket, connectMs, requests: 0, exchange: undefined }
    const received = (chunk: Buffer): boolean => this.#received(chunk)
    this.#direct = readsDirectly(socket, received)
    if (!this.#direct) socket.on('data', received)
    socket.on('end', () => this.#ended())
    socket.on('error', (error: Error) => this.#broken(error))
    socket.on('close', () => {
      if (!this.#gone) this.#broken(closedByOther())
    })
  }

  get isIdle(): boolean {
    return this.#exchange === undefined
  }

  /** Only while it is idle. */
  send(text: string, exchange: Exchange): void {
    this.#exchange = exchange
    this.#keeps = true
    this.#reader.begin()
    exchange.wire = this.wire
    if (!this.#holds) {
      this.#holds = true
      this.#socket.ref()
    }
    exchange.onConnect(this.#abort)
    if (!this.#gone) this.#socket.write(text, 'latin1')
  }

  hangUp(): void {
    this.destroy()
  }

  /** Nothing is asked through it for now. */
  rest(): void {
    this.idleUntil = this.#now() + this.#keepsFor
    this.#holds = false
    this.#socket.unref()
  }

  /** Closes it; its exchange is told nothing. */
  destroy(): void {
    this.#reader.stop()
    this.#exchange = undefined
    this.#socket.destroy()
    this.#leave()
  }

  /** Closes it; its exchange is told why. Resolves when the socket is closed. */
  async end(why: Error): Promise<void> {
    const closed = this.#socket.closed ? undefined : new Promise((resolve) => this.#socket.once('close', resolve))
    this.#broken(why)
    await closed
  }

  begun(): void {
    this.#exchange?.onResponseStarted()
  }

  head({ status, fields, keeps, keepsFor }: Head): void {
    this.#keeps &&= keeps
    this.#keepsFor = keepsFor === undefined ? IDLE : keepsFor - SAFETY
    if (this.#exchange?.onHeaders(status, fields, this.#resume) === false) this.#pause()
  }

  body(chunk: Buffer): void {
    if (this.#exchange?.onData(chunk) === false) this.#pause()
  }

  complete(more: boolean): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    // Its next request first: it travels while the body of this one is looked after.
    if (more || !this.#keeps || this.#keepsFor <= 0) this.destroy()
    else this.#free()
    exchange?.onComplete()
  }

  #free(): void {
    if (this.#paused) this.#resume()
    if (!this.#moreToRead) {
      this.#owner.freed(this)
      return
    }
    // What is there already would be taken for the answer to the next request. In the next turn it will have been read.
    this.#owner.settling(this)
    setImmediate(this.#settled)
  }

  #pause(): void {
    this.#kept = true
    if (this.#paused || this.#exchange === undefined) return
    this.#paused = true
    this.#socket.pause()
  }

  /** @returns whether nobody needs these bytes any more: who does has us wait */
  #received(chunk: Buffer): boolean {
    // An answer to nothing. Whatever it is, the next one here might be taken for the answer to another request.
    if (this.#exchange === undefined) {
      this.destroy()
      return true
    }
    this.#moreToRead = !this.#direct || filledItsBuffer(chunk)
    this.#kept = false
    try {
      this.#reader.push(chunk)
    } catch (error) {
      this.#broken(error)
    }
    return !this.#kept
  }

  #ended(): void {
    this.#keeps = false
    if (!this.#reader.end()) this.#broken(closedByOther())
  }

  #broken(error: unknown): void {
    const exchange = this.#exchange
    this.destroy()
    exchange?.onError(error)
  }

  #leave(): void {
    if (this.#gone) return
    this.#gone = true
    this.#owner.gone(this)
  }
}

const closedByOther = (): Error => Object.assign(new Error('the other side closed the connection'), { code: 'CLOSED_BY_PEER' })
