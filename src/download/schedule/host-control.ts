/**
 * HostControl: how many at once one host gets, and how fast, as far as that is found out. Made when a host is first asked for as much as it
 * may be at first, or says that it is too much; most hosts of a long list never are.
 *
 * What tells it to do with less: 429 is about requests per second (RFC 6585), so a rate is learnt. 503 and the like are about how many there
 * are at once; from a host that gets few already, about the rate as well. Connections that are refused or reset and answers that do not come
 * count when they come in bursts; if as many fail with fewer at once it is the way of that host, and it gets back what it had.
 */
import type { FailureCode } from '../errors.js'
import { evidenceOf } from './breaker.js'
import { Knee, type KneeSettings, type Measured } from './knee.js'
import { LearnedRate } from './learned-rate.js'

/** Requests in flight at a host that nothing is known of. */
export const HOST_START = 8
/** How many failures more than good answers make a burst, and how many good answers make up for one. */
const BURST = 4
const FORGIVEN = 0.25
/** The former at a host whose way it is that some fail: those are back before the good ones are, many together. */
const BURST_FORGIVEN = 12
/** Failing connections alone never take a host below this. */
const LEAST_SILENT = 4
/** ms for which what was learnt is remembered when the host has no jobs: the number at once, and the rate. */
const MEMORY = 60_000
const MEMORY_RATE = 600_000

/** A gateway that gets no answer from what is behind it. */
const GATEWAY: ReadonlySet<FailureCode> = new Set(['HTTP_502', 'HTTP_504'])

/** What the host was like until now. */
export interface HostSoFar {
  /** ms, of the first request. */
  readonly since: number
  /** Answers that were no refusals. */
  readonly accepted: number
}

/** The end of an attempt. */
export interface Attempted extends Measured {
  readonly code: FailureCode | undefined
  readonly redirected: boolean
  /** In flight until it ended, this one included. */
  readonly inFlight: number
  /** ms, until when the host is left alone now. */
  readonly resumeAt: number
}

export class HostControl {
  readonly #knee: Knee
  #rate: LearnedRate | undefined
  #since: number
  #accepted: number
  #lastAt = 0
  /** Failures, less what good answers made up for. */
  #trouble = 0
  #forgiven = FORGIVEN
  /** Since the last cut. */
  #cutAt = 0
  #good = 0
  #bad = 0
  /** The share of failures, and the number at once, of the last cut that was made for failing connections. */
  #share: number | undefined
  #before = 0

  constructor(settings: KneeSettings, { since, accepted }: HostSoFar) {
    this.#knee = new Knee(settings)
    this.#since = since
    this.#accepted = accepted
  }

  /** In flight at once. */
  get level(): number {
    return this.#knee.level
  }

  /** Requests per second; undefined: as many as may be. */
  get rate(): LearnedRate | undefined {
    return this.#rate
  }

  /** ms, until when it is worth keeping. */
  get memorable(): number {
    return this.#lastAt + (this.#rate === undefined ? MEMORY : MEMORY_RATE)
  }

  ended(attempt: Attempted, now: number): void {
    const { code, redirected } = attempt
    this.#lastAt = now
    const evidence = code !== undefined && GATEWAY.has(code) ? 'silence' : evidenceOf(code, redirected)
    if (evidence === 'alive') this.#answered(attempt, now)
    else if (evidence === 'busy') this.#refused(attempt, now)
    else if (evidence === 'silence') this.#failed(attempt, LEAST_SILENT, now)
  }

  #answered(attempt: Attempted, now: number): void {
    this.#accepted++
    if (attempt.began >= this.#cutAt) this.#good++
    this.#trouble = Math.max(0, this.#trouble - this.#forgiven)
    this.#rate?.accepted(attempt.began, now)
    this.#knee.ended(attempt, now)
  }

  #refused(attempt: Attempted, now: number): void {
    const { code, began, resumeAt } = attempt
    if (code === 'HTTP_429' || this.#rate !== undefined || this.#knee.level <= HOST_START) {
      if (this.#rate === undefined) this.#rate = new LearnedRate(this.#accepted, this.#since, now, resumeAt)
      else this.#rate.refused(began, now, resumeAt)
    }
    if (code !== 'HTTP_429') this.#failed(attempt, 1, now)
  }

  /** `least`: no fewer than that at once on account of this. */
  #failed({ began, inFlight }: Attempted, least: number, now: number): void {
    // It began before the last cut, and so is news of what that was made for.
    if (began < this.#cutAt) return
    this.#bad++
    this.#trouble++
    if (this.#trouble < (this.#forgiven > FORGIVEN ? BURST_FORGIVEN : BURST)) return
    const share = this.#bad / (this.#good + this.#bad)
    const isItsWay = least > 1 && this.#share !== undefined && this.#good > 0 && share >= this.#share / 2 && share < 0.6
    if (isItsWay) {
      this.#forgiven = Math.max(this.#forgiven, (2 * share) / (1 - share))
      this.#share = undefined
      this.#knee.pardon(this.#before, now)
    } else {
      const again = this.#cutAt > 0 && this.#good === 0
      if (!again) this.#before = this.#knee.level
      if (this.#good > 0) this.#share = share
      this.#knee.cut(Math.min(inFlight + this.#bad, this.#knee.level), Math.min(least, this.#knee.level), now, again)
    }
    this.#cutAt = now
    this.#trouble = 0
    this.#good = 0
    this.#bad = 0
  }
}
