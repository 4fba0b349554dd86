/** What `httpGet` throws: two classes, as in the HTTP libraries of the book. Match on `code`; an error from a worker is not an instance. */
import { printable } from '../text/index.js'

/** Options of both classes. */
export interface HttpErrorOptions {
  /** The error underneath, such as the one of the socket. */
  readonly cause?: unknown
}

/** The server answered, but not with 200. */
export class HttpStatusError extends Error {
  override readonly name: string = 'HttpStatusError'
  readonly code: string = 'ERR_HTTP_STATUS'
  /** The status code, such as 404. */
  readonly status: number
  /** The server's words for it, such as `Not Found`; without control characters. */
  readonly statusText: string
  /** The address that answered, after redirects; without user name and password. */
  readonly url: string

  constructor(status: number, statusText: string, url: URL) {
    const words = printable(statusText, '?')
    super(`HTTP error ${status} - ${words}: ${shownUrl(url)}`)
    this.status = status
    this.statusText = words
    this.url = shownUrl(url)
  }
}

/**
 * Why there is no whole answer:
 * - `ERR_HTTP_CONNECTION` no connection, or it broke before the answer began
 * - `ERR_HTTP_TRUNCATED` the body ended early, or its end cannot be told
 * - `ERR_HTTP_TIMEOUT` the time ran out
 * - `ERR_HTTP_REDIRECT` too many redirects, a bad target, or one from https to http
 * - `ERR_HTTP_TOO_LARGE` the body is larger than allowed
 * - `ERR_HTTP_ENCODING` the body came compressed although that was not asked for
 * - `ERR_HTTP_URL` not an http or https address
 */
export type HttpTransportErrorCode =
  | 'ERR_HTTP_CONNECTION'
  | 'ERR_HTTP_TRUNCATED'
  | 'ERR_HTTP_TIMEOUT'
  | 'ERR_HTTP_REDIRECT'
  | 'ERR_HTTP_TOO_LARGE'
  | 'ERR_HTTP_ENCODING'
  | 'ERR_HTTP_URL'

/** There is no whole answer to save. */
export class HttpTransportError extends Error {
  override readonly name: string = 'HttpTransportError'
  readonly code: HttpTransportErrorCode
  /** The address asked; without user name and password. */
  readonly url: string

  constructor(code: HttpTransportErrorCode, problem: string, url: URL | string, options?: HttpErrorOptions) {
    const shown = shownUrl(url)
    super(printable(`${problem}: ${shown}`, '?'), options)
    this.code = code
    this.url = shown
  }
}

/** Whether `error` says that one download failed; also when it comes from another thread or process, where it is no instance any more. */
export function isHttpError(error: unknown): error is HttpStatusError | HttpTransportError {
  return error instanceof Error && (error.name === 'HttpStatusError' || error.name === 'HttpTransportError') && 'url' in error
}

/** Returns `url` as text for people: without user name and password, without control characters. */
export function shownUrl(url: URL | string): string {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : url
  if (typeof parsed === 'string' || (parsed.username === '' && parsed.password === '')) return printable(String(url), '?')
  const bare = new URL(parsed)
  bare.username = ''
  bare.password = ''
  return bare.href
}
