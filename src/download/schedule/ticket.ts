/** What goes in and out of a schedule. */
import type { FailureCode } from '../errors.js'
import type { Job } from '../job.js'

/** A job that may start, and the address to try. */
export interface Ticket {
  readonly job: Job
  /** From 1. An attempt that ended for want of file descriptors is repeated with the same number. */
  readonly attempt: number
  /** `job.url`, or one of its mirrors. */
  readonly url: string
  /** ms since the job was added. */
  readonly waited: number
}

/** What a schedule is told of an attempt. `code` undefined: it succeeded. */
export interface AttemptEnd {
  readonly code?: FailureCode
  /** ms, as the server said; 0 or less counts as nothing. */
  readonly retryAfter?: number
  /** The host of the ticket answered with a redirect, so that a silence after it is not its own. @default false */
  readonly redirected?: boolean
  /** Of the file. @default 0 */
  readonly bytes?: number
  /** ms that it took to make a connection for it. @default 0 */
  readonly connect?: number
  /** For the record of a job whose host goes down while it waits for its retry. Must hold no secret. */
  readonly message?: string
}

/**
 * What becomes of the job. `again: false`: this attempt was its last, its outcome is that of the attempt. `again: true`: it is back in the
 * schedule, and will not start for `delay` ms; after `drain` it is not: leave it undone, another run begins with it.
 */
export type Decision = { readonly again: false } | { readonly again: true; readonly delay: number }

export type NextTicket =
  | { readonly ticket: Ticket }
  /**
   * Ended without another request, because its host is down. `code` is HOST_DOWN when it was never requested (`attempts` 0), and otherwise
   * that of its last attempt.
   */
  | { readonly refused: Job; readonly attempts: number; readonly code: FailureCode; readonly message: string }
  /**
   * Nothing may start before `at` (ms), or before a job ends when `at` is undefined. Ask again then, and after every `add` and `finished`:
   * they may open a host earlier.
   */
  | { readonly at: number | undefined }

/** One host, for showing. */
export interface HostSnapshot {
  /** scheme://name:port */
  readonly host: string
  readonly waiting: number
  readonly inFlight: number
  readonly state: 'open' | 'cooling' | 'down'
  /** ms: end of the cooling, or time of the next probe. */
  readonly until?: number
}
