/**
 * Transfer: one call of `fetch`, from the first request to the last byte.
 *
 *   ask ─▶ answered ─┬─ redirect ─▶ ask the next address
 *                    ├─ 416 to our Range ─▶ ask again, for everything
 *                    ├─ 200, 206 ─▶ receiver.head ─▶ receiver.chunk … ─▶ whole? ─▶ done
 *                    └─ anything else ─▶ failed
 */
import type { StopSignal } from '../../futures/index.js'
import { DownloadError } from '../errors.js'
import type { Answer } from './answer.js'
import type { Connections } from './connections.js'
import type { Cookies } from './cookies.js'
import { type CredentialSources, headersFor } from './credentials.js'
import { Body } from './body.js'
import { readCodings } from './decode.js'
import { type Asker, Exchange } from './exchange.js'
import type { FetchRequest, FetchResult, Receiver, ResponseHead } from './fetcher.js'
import { onStop } from './on-stop.js'
import { Pace } from './pace.js'
import { Question, type Rest } from './question.js'
import type { RateLimit } from './rate-limit.js'
import { isRedirect, nextAddress } from './redirect.js'
import type { HeaderList } from './request-headers.js'
import { requestable } from './requestable.js'
import { responseHead } from './response-head.js'
import { retryAfter } from './retry-after.js'
import type { FetchSettings } from './settings.js'
import type { Watch, Watched } from './watch.js'

/** Bytes of headers in all answers of one transfer: redirects, 1xx answers and the final one. */
export const MAX_CHAIN_HEADER_BYTES = 256 * 1024

/** What all transfers of a fetcher share. */
export interface Shared {
  readonly settings: FetchSettings
  readonly connections: Connections
  readonly credentials: CredentialSources
  readonly cookies: Cookies | undefined
  readonly watch: Watch
  readonly rate: RateLimit
  /** ms, monotonic. */
  readonly now: () => number
  /** ms since 1970. */
  readonly date: () => number
}

export class Transfer implements Asker, Watched {
  slot = 0
  readonly #shared: Shared
  readonly #request: FetchRequest
  readonly #receiver: Receiver
  readonly #question: Question
  readonly #signal: StopSignal | undefined
  readonly #resolve: (result: FetchResult) => void
  readonly #reject: (error: unknown) => void
  readonly #startedAt: number
  readonly #first: URL
  /** Of the line; not that of its mirror. */
  readonly #ownOrigin: string
  /** What is asked now; without userinfo. */
  #url: URL
  #origin: string
  #hops = 0
  #headerBytes = 0
  #exchange: Exchange | undefined
  /** The last one whose body nobody wants; it may still be read. */
  #discarded: Exchange | undefined
  #body: Body | undefined
  #pace: Pace | undefined
  #metPublic = false
  #stale = 0
  #over = false
  #unlisten: (() => void) | undefined

  /**
   * @param signal whose abort ends this transfer
   * @throws DownloadError for an address that is not requested at all
   */
  constructor(
    shared: Shared,
    request: FetchRequest,
    receiver: Receiver,
    signal: StopSignal | undefined,
    resolve: (result: FetchResult) => void,
    reject: (error: unknown) => void,
  ) {
    this.#shared = shared
    this.#request = request
    this.#receiver = receiver
    this.#question = new Question(request, shared.settings.decode)
    this.#signal = signal
    this.#resolve = resolve
    this.#reject = reject
    this.#startedAt = shared.now()
    this.#first = requestable(request.url, shared.settings.httpsOnly)
    this.#url = this.#first
    this.#origin = this.#first.origin
    this.#ownOrigin = request.mirrorOf === undefined ? this.#origin : new URL(request.mirrorOf).origin
    if (this.#first.username !== '' || this.#first.password !== '') {
      this.#url = new URL(this.#first)
      this.#url.username = ''
      this.#url.password = ''
    }
  }

  start(): void {
    if (this.#signal !== undefined) this.#unlisten = onStop(this.#signal, () => this.stop())
    this.#shared.watch.add(this)
    this.#ask()
  }

  /** Ends it; the promise is rejected with STOPPED. */
  stop(): void {
    this.#fail(new DownloadError('STOPPED', 'the download was stopped'))
  }

  answered(exchange: Exchange, answer: Answer): boolean {
    const { settings, cookies, date } = this.#shared
    const { status } = answer
    this.#headerBytes += exchange.headerBytes
    if (cookies !== undefined && answer.setCookies.length > 0) cookies.take(this.#url, answer.setCookies, date())
    if (status === 200) return this.#begin(exchange, answer)
    if (status === 206) return this.#begin(exchange, answer, this.#question.restIn(answer))
    if (isRedirect(status) && answer.location !== undefined) {
      const next = nextAddress(answer.location, this.#url, this.#hops, settings, status)
      this.#metPublic ||= this.#shared.connections.ledToPublic(this.#url, exchange)
      this.#hops += 1
      this.#url = next
      this.#origin = next.origin
      this.#receiver.redirected?.(next.href)
      return this.#askAgain(exchange)
    }
    if (status === 416 && this.#question.asksForRest) {
      this.#question.askForAll()
      return this.#askAgain(exchange)
    }
    // What remains has no body worth reading; the exchange looks after itself.
    this.#discarded = exchange
    this.#exchange = undefined
    if (status === 304 && this.#question.asksForChanges) this.#finish(exchange, responseHead(answer, this.#shownUrl(), 0), 0)
    else if (status === 304)
      this.#fail(new DownloadError('BAD_RESPONSE', 'the server answered 304 to a question nobody asked', { http: status }))
    else if (status === 407 && this.#shared.connections.isForwarded(this.#url)) {
      this.#fail(new DownloadError('PROXY_FAILED', 'the proxy wants another user or password', { http: status }))
    } else {
      const wait = retryAfter(answer.retryAfter, date())
      this.#fail(
        new DownloadError(`HTTP_${status}`, `the server answered ${status}`, {
          http: status,
          ...(wait === undefined ? {} : { retryAfter: wait }),
        }),
      )
    }
    return false
  }

  received(_exchange: Exchange, chunk: Buffer): void {
    this.#body?.take(chunk)
  }

  ended(exchange: Exchange): void {
    if (exchange === this.#exchange) this.#body?.end()
  }

  broken(exchange: Exchange, error: unknown): void {
    if (exchange === this.#exchange) this.#fail(error)
  }

  /** Each connection of the pool may be stale; after all of them, what is used is fresh. */
  stale(exchange: Exchange, error: DownloadError): void {
    this.#stale += 1
    if (this.#stale > this.#shared.settings.connectionsPerOrigin) this.broken(exchange, error)
    else this.#askAgain(exchange)
  }

  look(now: number): void {
    const { timeout, headersTimeout } = this.#shared.settings
    const exchange = this.#exchange
    if (this.#over) return
    try {
      if (timeout > 0 && now - this.#startedAt >= timeout)
        throw new DownloadError('TIMEOUT_TOTAL', `not whole within ${timeout} ms`)
      if (exchange === undefined || exchange.progress === 'waiting') return
      if (this.#body !== undefined) {
        // Made at the first look: most bodies are over before it.
        this.#pace ??= new Pace(this.#shared.settings, now)
        if (!this.#body.inputOver) this.#pace.look(exchange.received, this.#body.held, now)
      } else if (headersTimeout > 0 && now - exchange.sentAt >= headersTimeout) {
        throw new DownloadError('TIMEOUT_HEADERS', `no answer within ${headersTimeout} ms`)
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  whole(): void {
    const { head, bytes } = this.#body as Body
    this.#finish(this.#exchange as Exchange, head, bytes)
  }

  failed(error: unknown): void {
    this.#fail(error)
  }

  #ask(): void {
    if (this.#over) return
    const { settings, connections, now } = this.#shared
    try {
      const exchange = new Exchange(this, now, MAX_CHAIN_HEADER_BYTES - this.#headerBytes)
      this.#exchange = exchange
      connections.send(this.#url, this.#origin, this.#headers(), exchange, {
        publicOnly: settings.publicOnly || this.#metPublic,
        certificate: this.#origin === this.#ownOrigin,
      })
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Asks another address, or the same one otherwise. @returns false: the body of this answer is of no interest */
  #askAgain(exchange: Exchange): false {
    this.#discarded?.stop()
    this.#discarded = exchange
    this.#exchange = undefined
    // Not from within what tells us. And most bodies of redirects are in the same packet: their connection is free again by then.
    queueMicrotask(() => this.#ask())
    return false
  }

  #headers(): HeaderList {
    const own = this.#origin === this.#ownOrigin
    return this.#question.addTo(headersFor(this.#url, this.#first, own, this.#request.headers, this.#shared.credentials))
  }

  #begin(exchange: Exchange, answer: Answer, rest?: Rest): true {
    const { settings, rate } = this.#shared
    const codings = settings.decode ? readCodings(answer.contentEncoding) : []
    const length = rest?.length ?? (codings.length === 0 ? answer.contentLength : undefined)
    const head = responseHead(answer, this.#shownUrl(), rest?.from ?? 0, length, rest?.total ?? length)
    this.#body = new Body(head, this.#receiver, exchange, codings, rest?.length, settings.maxSize, rate, this)
    this.#body.begin()
    return true
  }

  #shownUrl(): string {
    return this.#hops === 0 ? this.#request.url : this.#url.href
  }

  #finish({ reused, wire, sentAt, answeredAt }: Exchange, head: ResponseHead, bytes: number): void {
    if (this.#over) return
    this.#settle()
    const ttfb = answeredAt - sentAt
    this.#resolve({ head, bytes, ms: reused || wire === undefined ? { ttfb } : { connect: wire.connectMs, ttfb } })
  }

  #fail(error: unknown): void {
    if (this.#over) return
    this.#settle()
    this.#exchange?.stop()
    if (error instanceof DownloadError && error.code === 'STOPPED') this.#discarded?.stop()
    this.#body?.destroy()
    this.#reject(error)
  }

  #settle(): void {
    this.#over = true
    this.#shared.watch.delete(this)
    this.#unlisten?.()
  }
}
