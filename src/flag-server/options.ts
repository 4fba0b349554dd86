import type { Files } from './content.js'
import type { FaultOptions } from './faults/options.js'
import type { RequestRecord } from './request-log.js'

/** What can be asked of `startFlagServer`: the faults of every request, and the server itself. */
export interface FlagServerOptions extends FaultOptions {
  /** Default 0: any free port. */
  readonly port?: number | undefined
  /** The address to listen on. Default `127.0.0.1`: nobody outside this machine can connect. */
  readonly host?: string | undefined
  /** Files of one's own, such as `{ '/robots.txt': 'User-agent: *' }`. A text is served as text/plain, bytes as application/octet-stream. */
  readonly files?: Files | undefined
  /** More faults for a request, over those of the server and under those of its query. The record has no status and no delay yet. */
  readonly faultsFor?: ((request: RequestRecord) => FaultOptions | undefined) | undefined
  /** Refuse query parameters that are no faults, so that a misspelt one is noticed. Default true. */
  readonly strict?: boolean | undefined
  /** Makes delays and the choice of failing requests the same in every run. Default: other ones each time. */
  readonly seed?: number | undefined
  /** Numbers from 0 up to 1, instead of `seed`. */
  readonly random?: (() => number) | undefined
  /** Milliseconds since 1970, for the log and the Date header. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** How many requests the log keeps. Default 10,000. */
  readonly keep?: number | undefined
  /** Gets lines of text as the book's slow server prints them: `BR delay: 0.77s`, `BR 418 I'm a Teapot`, `BR *** client closed`. */
  readonly onLine?: ((line: string) => void) | undefined
}
