/** OriginLines: the connections to one origin, and the requests that wait for one. */
import type { Socket } from 'node:net'
import type { Dial, Target } from '../dial.js'
import type { Exchange } from '../exchange.js'
import type { LineRequest } from '../lines.js'
import type { OpenLines } from '../open-lines.js'
import { Http1Line, type LineOwner } from './http1-line.js'
import { requestText } from './request-text.js'

export interface OriginSettings {
  readonly dial: Dial
  /** Connections at once. */
  readonly most: number
  readonly open: OpenLines
  /** ms, monotonic. */
  readonly now: () => number
  /** Nothing is open, and nothing waits. */
  readonly onEmpty: (origin: string) => void
}

interface Waiting {
  readonly text: string
  readonly exchange: Exchange
}

export class OriginLines implements LineOwner {
  readonly #origin: string
  readonly #settings: OriginSettings
  readonly #host: string
  readonly #target: Target
  readonly #lines = new Set<Http1Line>()
  /** Those that were used last are used first: the others may be closed meanwhile. */
  readonly #idle: Http1Line[] = []
  #waiting: Waiting[] = []
  #connecting = 0
  #closed = false

  constructor(origin: string, settings: OriginSettings) {
    this.#origin = origin
    this.#settings = settings
    const { host, hostname, protocol, port } = new URL(origin)
    this.#host = host
    this.#target = { host, hostname: hostname.replace(/^\[|\]$/g, ''), protocol, port }
  }

  get hasIdle(): boolean {
    return this.#idle.length > 0
  }

  send(request: LineRequest, exchange: Exchange): void {
    const text = requestText(request, this.#host)
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
    for (const line of this.#idle.filter(({ idleUntil }) => idleUntil <= now)) line.destroy()
  }

  async destroy(): Promise<void> {
    this.#closed = true
    this.#waiting = []
    await Promise.all([...this.#lines].map((line) => line.destroyed()))
  }

  freed(line: Http1Line): void {
    const next = this.#next()
    if (next === undefined) this.#idle.push(line)
    else line.send(next.text, next.exchange)
  }

  gone(line: Http1Line): void {
    this.#lines.delete(line)
    const at = this.#idle.indexOf(line)
    if (at !== -1) this.#idle.splice(at, 1)
    if (this.#closed) return
    if (this.#waiting.length > 0) this.#connect()
    else this.#emptied()
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
    let next = this.#waiting.shift()
    while (next?.exchange.isStopped === true) next = this.#waiting.shift()
    return next
  }

  /** A connection for each request that waits, as far as they go. */
  #connect(): void {
    const { dial, most, now } = this.#settings
    while (this.#connecting < this.#waiting.length && this.#lines.size + this.#connecting < most) {
      this.#connecting += 1
      const begun = now()
      dial(this.#target, (error, socket) => {
        this.#connecting -= 1
        if (socket !== null) this.#connected(socket, now() - begun)
        else this.#failed(error ?? new Error('no connection'))
      })
    }
  }

  #connected(socket: Socket, connectMs: number): void {
    if (this.#closed) {
      socket.destroy()
      return
    }
    const line = new Http1Line(socket, connectMs, this, this.#settings.now)
    this.#lines.add(line)
    const next = this.#next()
    if (next !== undefined) line.send(next.text, next.exchange)
    else {
      this.#idle.push(line)
      line.rest()
    }
    // It is in use by now: an idle one might be closed to make room for itself.
    this.#settings.open.add(line)
  }

  #failed(error: Error): void {
    if ('code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE')) this.#settings.open.keepIdle(0)
    this.#next()?.exchange.onError(error)
    if (this.#closed) return
    if (this.#waiting.length > 0) this.#connect()
    else this.#emptied()
  }

  #emptied(): void {
    if (this.#lines.size + this.#connecting + this.#waiting.length === 0) this.#settings.onEmpty(this.#origin)
  }
}
