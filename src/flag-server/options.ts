import type { FaultOptions } from './faults/options.js'

/** What can be asked of {@link startFlagServer}, beside the faults. */
export interface FlagServerOptions extends FaultOptions {
  /** Default 0: any free port. */
  readonly port?: number | undefined
  /** The address to listen on. Default `127.0.0.1`: nobody outside this machine can connect. */
  readonly host?: string | undefined
  /** Makes delays and the choice of failing requests the same in every run. Default: other ones each time. */
  readonly seed?: number | undefined
  /** Numbers from 0 up to 1, instead of `seed`. */
  readonly random?: (() => number) | undefined
  /** Milliseconds since 1970, for the log and the Date header. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** How many requests the log keeps. Default 10,000. */
  readonly keep?: number | undefined
  /** Gets a line of text now and then, as the book's slow server prints: `BR delay: 0.77s`. */
  readonly onLine?: ((line: string) => void) | undefined
}
