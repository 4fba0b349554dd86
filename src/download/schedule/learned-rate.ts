/**
 * LearnedRate: the requests per second that a host takes, found out after it has said that there were too many.
 *
 * Most such servers have a bucket of tokens. When it says no the bucket is empty; so between two refusals it took exactly what flowed in, and
 * what was accepted divided by the time is the rate. (Unless the bucket was full for a while in between: then the rate is higher. That is
 * what `proven` is for, the fastest pace that was kept up without a refusal.)
 *
 *   first refusal ─▶ what was accepted so far / the time until it may be asked again
 *                 ─▶ half as many more again and again until the second ─▶ what was accepted since the first / the time since
 *                 ─▶ kept for 30 s or 20 × what the last refusal cost, twice as long each time ─▶ a little more, step by step
 *
 * A step needs some seconds of the pace before without a refusal, so that refusals stay below one in fifty. Pure: the time is handed in.
 */

/** Requests per second: the slowest, the slowest as long as nothing at all was accepted, and the slowest first guess. */
const LEAST = 0.05
const LEAST_UNKNOWN = 1
const FIRST_LEAST = 4
/** Part of what was measured that is used: timers and networks move requests together. */
const MARGIN = 0.96
/** ms */
const HOLD_FIRST = 30_000
const HOLD_MOST = 600_000
/** Times what the last refusal cost. */
const WORTH = 20
/** ms of a pace above 100 per second that may be caught up with; slower ones are never exceeded. */
const LATENESS = 10

export class LearnedRate {
  /** Requests per second. */
  #pace: number
  /** As far as it may rise for now. */
  #ceiling = Infinity
  #proven = 0
  #isFirst = true
  /** When it was refused the last time, and what was accepted since. */
  #refusedAt: number
  #accepted = 0
  /** Accepted at this pace, of requests begun since. */
  #steady = 0
  #steadySince: number
  /** A refusal of a request begun before is no news. */
  #newsFrom: number
  #probeAt = Infinity
  #hold = HOLD_FIRST

  /** The first refusal: `accepted` requests since `since`, and none before `resumeAt`. All in ms. */
  constructor(accepted: number, since: number, now: number, resumeAt: number) {
    this.#pace = Math.max(FIRST_LEAST, perSecond(accepted, resumeAt - since))
    this.#refusedAt = now
    this.#steadySince = Math.max(now, resumeAt)
    this.#newsFrom = this.#steadySince
  }

  /** Requests per second. */
  get perSecond(): number {
    return this.#pace
  }

  /** When the next start may be, after one at `now` that might have been at `due`. */
  following(due: number, now: number): number {
    const interval = 1000 / this.#pace
    return Math.max(due, now - Math.max(0, LATENESS - interval)) + interval
  }

  /** An answer that was no refusal, to a request begun at `began`. */
  accepted(began: number, now: number): void {
    this.#accepted++
    if (began < this.#steadySince) return
    this.#steady++
    const needed = this.#isFirst ? Math.max(4, this.#pace) : Math.max(10, this.#pace)
    if (this.#steady < needed) return
    // If there were not that many to send, nothing is proven.
    if (perSecond(this.#steady, began - this.#steadySince) >= this.#pace * 0.7) this.#faster(now)
    else this.#restart(this.#pace, now)
  }

  /** A refusal of a request begun at `began`; the host is left alone until `resumeAt`. True: it is news, not the tail of the one before. */
  refused(began: number, now: number, resumeAt: number): boolean {
    if (began < this.#newsFrom) return false
    const measured = perSecond(this.#accepted, now - this.#refusedAt)
    const was = this.#pace
    // A full bucket made it look so.
    if (this.#proven >= was) this.#proven = 0
    if (!this.#isFirst) this.#proven = Math.min(this.#proven, perSecond(this.#accepted, now - this.#newsFrom))
    const least = this.#accepted === 0 ? LEAST_UNKNOWN : LEAST
    // Much less than was proven: the bucket was full for a while.
    const isMeasured = measured >= this.#proven * 0.7
    const pace = isMeasured ? measured * MARGIN : this.#proven
    this.#newsFrom = Math.max(now, resumeAt)
    this.#restart(Math.max(least, Math.min(was * 0.9, Math.max(was * 0.3, pace))), this.#newsFrom)
    this.#ceiling = isMeasured ? Math.max(this.#pace, Math.min(this.#proven, was * 0.9)) : was * 0.95
    this.#isFirst = false
    this.#refusedAt = now
    this.#accepted = 0
    this.#probeAt = now + Math.max(this.#hold, WORTH * (resumeAt - now))
    this.#hold = Math.min(this.#hold * 2, HOLD_MOST)
    return true
  }

  #faster(now: number): void {
    this.#proven = Math.max(this.#proven, this.#pace)
    if (this.#isFirst) {
      this.#restart(this.#pace * 1.5, now)
      return
    }
    if (this.#pace >= this.#ceiling && now >= this.#probeAt) this.#ceiling = Infinity
    this.#restart(Math.min(this.#ceiling, this.#pace * 1.03), now)
  }

  #restart(pace: number, from: number): void {
    this.#pace = pace
    this.#steady = 0
    this.#steadySince = from
  }
}

const perSecond = (count: number, ms: number): number => (count * 1000) / Math.max(ms, 1)
