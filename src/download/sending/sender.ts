/** Sender: how tickets get to where their downloads run, and what comes back. */
import type { Future } from '../../futures/index.js'
import type { Attempt } from '../attempt.js'
import type { TransferProgress } from '../download-one.js'
import type { Ticket } from '../schedule/schedule.js'

/** A download that was begun and is not over. */
export interface InFlight {
  readonly ticket: Ticket
  /** ms, monotonic. */
  readonly began: number
  /** Its place among those in flight; the flow's own. */
  slot: number
  /** Where it is a call of its own; the sender's own, as is the next. */
  call?: Future<Attempt>
  isWatched?: boolean
}

/** Who is told. */
export interface Receiving {
  /** These are over; each is told once. */
  over(ended: readonly (readonly [InFlight, Attempt])[]): void
  /** Nothing can be sent any more. */
  failed(error: unknown): void
  /** Only of those that take longer than a moment. */
  progress(transfer: InFlight, progress: TransferProgress): void
}

/**
 * What both senders promise: whatever is sent is over one day, also if the executor, the thread or the process it ran in is gone, and if it
 * was told to stop; it fails by its attempt then, and never by an exception.
 */
export interface Sender {
  send(transfer: InFlight): void
  /** Nothing more is sent in this turn. */
  flush(): void
  /** Looks after those that take their time; called twice a second. */
  look(inFlight: readonly InFlight[]): void
  /** Tells all that is in flight to stop. */
  abortAll(inFlight: readonly InFlight[], reason: Error): void
}
