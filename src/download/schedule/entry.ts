import type { FailureCode } from '../errors.js'
import type { Job } from '../job.js'
import { Addresses } from './addresses.js'
import type { HeapItem } from './heap.js'
import type { FailedAttempt } from './retry-plan.js'

/** A job in the schedule, and what it has met so far. */
export class Entry implements HeapItem {
  readonly job: Job
  /** ms, when it was added. */
  readonly added: number
  readonly #addresses: Addresses | undefined
  /** Attempts that count. */
  attempts = 0
  exhaustions = 0
  /** What `planRetry` said the last time. */
  backoff = 0
  /** Of the last attempt. */
  code: FailureCode | undefined
  message: string | undefined
  /** When its next attempt may be. */
  at = 0
  slot = 0
  /** Behind it in the queue of new jobs. */
  next: Entry | undefined

  constructor(job: Job, added: number) {
    this.job = job
    this.added = added
    this.#addresses = Addresses.of(job)
  }

  /** The address of the next attempt. */
  get url(): string {
    return this.#addresses?.current ?? this.job.url
  }

  /** Addresses that may still be tried, the current one among them. */
  get addresses(): number {
    return this.#addresses?.size ?? 1
  }

  /** Those that had no turn yet, without the current one. */
  get untried(): number {
    return this.#addresses === undefined ? 0 : Math.max(0, this.#addresses.untried - 1)
  }

  /** What `planRetry` is asked about. */
  failure(code: FailureCode, retryAfter: number | undefined): FailedAttempt {
    const { attempts: attempt, backoff, addresses, untried, exhaustions } = this
    return { code, attempt, backoff, retryAfter, addresses, untried, exhaustions }
  }

  /** Goes on to the next address, where there is one. `keep`: the current one may have another turn. */
  turn(keep: boolean): void {
    this.#addresses?.turn(keep)
  }
}
