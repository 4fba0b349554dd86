/** Lines: connections to many origins, under one policy. */
import type { Exchange } from './exchange.js'
import type { HeaderList } from './request-headers.js'

/** One GET, as it goes over a connection. */
export interface LineRequest {
  /** `scheme://host[:port]` of whom the connection leads to; of the proxy, where that reads the request. */
  readonly origin: string
  /** What stands between GET and the version. */
  readonly path: string
  /** Without `connection`; with `host` where it is not that of `origin`. */
  readonly headers: HeaderList
}

/**
 * What all kinds of lines promise:
 *
 * - whatever becomes of a request, its exchange is told: by `onHeaders`, `onData` and `onComplete`, or by `onError`, with STOPPED if the
 *   lines are destroyed. One that was stopped is told nothing more, and its connection is closed;
 * - `onComplete` is called only when the framing says that the body is whole;
 * - there are no more connections to one origin than was set; requests beyond that wait, first come first served;
 * - a connection is used again only after a whole answer, and if neither side said otherwise.
 */
export interface Lines {
  send(request: LineRequest, exchange: Exchange): void
  /** Closes every connection at once. Idempotent. */
  destroy(): Promise<void>
}
