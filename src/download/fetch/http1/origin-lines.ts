/** OriginLines: the connections to one origin, and the requests that wait for one. */
import type { Socket } from 'node:net'
import type { Dial, Target } from '../dial.js'
import type { Exchange } from '../exchange.js'
import type { LineRequest } from '../lines.js'
import type { OpenLines } from '../open-lines.js'
import { notHttp } from './head.js'
import { Http1Line, type LineOwner } from './http1-line.js'
import { requestText } from './request-text.js'

export interface OriginSettings {
  readonly dial: Dial
  /** Connections at once. */
  readonly most: number
  readonly open: OpenLines
  /** ms, monotonic. */
  readonly now: () => number
}

interface Waiting {
  readonly text: string
  readonly exchange: Exchange
}

export class OriginLines implements LineOwner {
  readonly #settings: OriginSettings
  readonly #host: string
  readonly #target: Target
  readonly #lines = new Set<Http1Line>()
  /** Those that were used last are used first: the others may be closed meanwhile. */
  readonly #idle: Http1Line[] = []
  /** How many of them will be free in the next turn. */
  #settling = 0
  readonly #waiting: Waiting[] = []
  /** Connections that are being made. */
  #connecting = 0
  #inConnect = false
  #closed = false

  constructor(origin: string, settings: OriginSettings) {
    this.#settings = settings
    const { host, hostname, protocol, port } = new URL(origin)
    this.#host = host
    this.#target = { host, hostname: hostname.replace(/^\[|\]$/g, ''), protocol, port }
  }

  /** Nothing is open, and nothing waits. */
  get isEmpty(): boolean {
    return this.#lines.size + this.#connecting + this.#waiting.length === 0
  }

  send(request: LineRequest, exchange: Exchange): void {
    let text: string
    try {
      text = requestText(request, this.#host)
    } catch (error) {
      exchange.onError(error)
      return
    }
    const line = this.#takeIdle()
    if (line !== undefined) {
      line.send(text, exchange)
      return
    }
    this.#waiting.push({ text, exchange })
    this.#connect()
  }

  /** Closes what has been idle for too long. */
  expire(now: number): void {
    if (this.#idle.length === 0) return
    for (const line of this.#idle.filter(({ idleUntil }) => idleUntil <= now)) line.destroy()
  }

  /** @param why is told to all that is under way */
  async destroy(why: Error): Promise<void> {
    this.#closed = true
    for (const { exchange } of this.#waiting.splice(0)) exchange.onError(why)
    await Promise.all([...this.#lines].map((line) => line.end(why)))
  }

  settling(line: Http1Line): void {
    line.settles = true
    this.#settling += 1
  }

  freed(line: Http1Line): void {
    this.#settled(line)
    const next = this.#next()
    if (next !== undefined) line.send(next.text, next.exchange)
    else {
      this.#idle.push(line)
      line.rest()
    }
  }

  gone(line: Http1Line): void {
    this.#lines.delete(line)
    this.#settled(line)
    const at = this.#idle.indexOf(line)
    if (at !== -1) this.#idle.splice(at, 1)
    this.#serveOthers()
  }

  #settled(line: Http1Line): void {
    if (!line.settles) return
    line.settles = false
    this.#settling -= 1
  }

  #takeIdle(): Http1Line | undefined {
    const now = this.#settings.now()
    for (let line = this.#idle.pop(); line !== undefined; line = this.#idle.pop()) {
      if (line.idleUntil > now) return line
      line.destroy()
    }
    return undefined
  }

  /** The request whose turn it is. */
  #next(): Waiting | undefined {
    this.#dropStopped()
    return this.#waiting.shift()
  }

  #dropStopped(): void {
    while (this.#waiting[0]?.exchange.isStopped === true) this.#waiting.shift()
  }

  /** A connection was lost, or not to be had: those that still wait may need another. */
  #serveOthers(): void {
    this.#dropStopped()
    if (this.#waiting.length > 0) this.#connect()
  }

  /** A connection for each request that waits, as far as they go. */
  #connect(): void {
    // One that fails at once leads here again; with thousands that wait, too deep.
    if (this.#inConnect) return
    this.#inConnect = true
    const { most } = this.#settings
    while (this.#connecting + this.#settling < this.#waiting.length && this.#lines.size + this.#connecting < most) this.#dial()
    this.#inConnect = false
  }

  #dial(): void {
    const { dial, now } = this.#settings
    const begun = now()
    this.#connecting += 1
    dial(this.#target, (error, socket) => {
      this.#connecting -= 1
      if (socket !== null) this.#connected(socket, now() - begun)
      else this.#failed(error ?? new Error('no connection'))
    })
  }

  #connected(socket: Socket, connectMs: number): void {
    if (this.#closed) {
      socket.destroy()
      return
    }
    // A tunnel may hand over what came before anything was asked, or what is closed and will never say so again.
    if (socket.destroyed || socket.readableLength > 0) {
      const closed = socket.destroyed
      socket.destroy()
      this.#failed(closed ? new Error('the connection was closed at once') : notHttp('the server answered before it was asked'))
      return
    }
    const line = new Http1Line(socket, connectMs, this, this.#settings.now)
    this.#lines.add(line)
    this.freed(line)
    // It is in use by now: an idle one might be closed to make room for itself.
    this.#settings.open.add(line)
  }

  #failed(error: Error): void {
    if ('code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE')) this.#settings.open.keepIdle(0)
    this.#next()?.exchange.onError(error)
    this.#serveOthers()
  }
}
