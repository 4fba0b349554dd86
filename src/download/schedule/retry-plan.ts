/**
 * Whether a failed attempt is followed by another, and when. A pure function of what the job has met.
 *
 * The wait is "decorrelated jitter", `sleep = min(cap, random_between(base, sleep × 3))`, from Marc Brooker, "Exponential Backoff And Jitter",
 * AWS Architecture Blog, 2015: it grows by half each time on average, and jobs that failed together do not come back together.
 *
 * Two caps, because there are two reasons to wait. A server that answers badly is given time to recover: up to a minute. A host that cannot
 * be connected to spends nothing on us, so long waits would protect nobody and only hold up the end of the run; and whether it is dead is the
 * breaker's question, not the job's. Four seconds there bound the life of a single URL on a dead host with the default of 5 retries:
 * 1.5 + 4 + 4 + 4 + 4 = 17.5 s of waiting at most, 11 s on average.
 */
import { failureKind } from '../errors.js'
import type { FailureCode } from '../errors.js'

/** ms. */
const BASE = 500
const CAP = 60_000
const CAP_UNREACHABLE = 4_000
/** Attempts of one job that may end for want of file descriptors before it is given up, so that every run ends. */
const EXHAUSTED_TRIES = 60

const UNREACHABLE: ReadonlySet<FailureCode> = new Set(['CONNECT_REFUSED', 'CONNECT_FAILED', 'DNS_FAILED', 'TIMEOUT_CONNECT'])
/** The bytes of this address are wrong; those of another may be right, and there is nothing to wait for. */
const WRONG_BYTES: ReadonlySet<FailureCode> = new Set(['CHECKSUM', 'SIZE'])

/** What a job has met so far. */
export interface FailedAttempt {
  readonly code: FailureCode
  /** From 1. */
  readonly attempt: number
  /** `backoff` of the plan before; 0 after the first attempt. */
  readonly backoff: number
  /** ms, as the server said. */
  readonly retryAfter: number | undefined
  /** Addresses of the job that are not used up, this one included, and how many of them had no turn yet, this one not included. */
  readonly addresses: number
  readonly untried: number
  /** Attempts that ended with a code of kind `exhausted`, this one included. */
  readonly exhaustions: number
}

export interface RetrySettings {
  readonly retries: number
  readonly maxRetryAfter: number
}

export interface RetryPlan {
  readonly again: boolean
  /** ms until the next attempt. */
  readonly delay: number
  /** ms that the host should be left alone, by everybody, if it is the host that is in trouble; also where there is no other attempt. */
  readonly rest: number
  /** Without what the server asked for; handed in again after the next failure. */
  readonly backoff: number
  /** Whether the attempt counts as one. */
  readonly counted: boolean
  /** What becomes of the address: the next attempt goes to it too, it has another turn after the other addresses, or it is of no use. */
  readonly address: 'same' | 'turn' | 'drop'
}

/** `random` gives numbers from 0 (included) to 1 (not included). */
export function planRetry(failed: FailedAttempt, random: () => number, settings: RetrySettings): RetryPlan {
  const { code, untried } = failed
  const kind = failureKind(code)
  const backoff = decorrelatedJitter(failed.backoff, UNREACHABLE.has(code) ? CAP_UNREACHABLE : CAP, random)
  const rest = Math.max(backoff, askedFor(failed.retryAfter, settings.maxRetryAfter))
  const others = failed.addresses > 1
  // Every address has a turn, however few the retries.
  const left = untried > 0 || failed.attempt <= settings.retries
  const noWait = { delay: 0, backoff: failed.backoff }
  switch (kind) {
    case 'exhausted':
      // Our own trouble: it says nothing of the job, and its waits do not grow.
      return {
        again: failed.exhaustions < EXHAUSTED_TRIES,
        delay: backoff,
        rest,
        backoff: failed.backoff,
        counted: false,
        address: 'same',
      }
    case 'transient': {
      // What one host asks for binds that host; the job goes to another meanwhile.
      const wait = untried > 0 && WRONG_BYTES.has(code) ? noWait : { delay: others ? backoff : rest, backoff }
      return { again: left, ...wait, rest, counted: true, address: 'turn' }
    }
    case 'final': {
      const wait = untried > 0 ? noWait : { delay: backoff, backoff }
      return { again: others && left, ...wait, rest, counted: true, address: 'drop' }
    }
    default:
      return { again: false, delay: 0, rest, backoff, counted: true, address: 'same' }
  }
}

/** ms, whole. */
function decorrelatedJitter(previous: number, cap: number, random: () => number): number {
  const top = Math.max(BASE, previous) * 3
  return Math.min(cap, Math.round(BASE + random() * (top - BASE)))
}

/** A server may say anything: nothing below 0, nothing beyond the limit. */
function askedFor(retryAfter: number | undefined, most: number): number {
  return retryAfter !== undefined && retryAfter > 0 ? Math.min(retryAfter, most) : 0
}
