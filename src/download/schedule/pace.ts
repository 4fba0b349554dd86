/** ms by which a start may be late without its turn being lost: timers are late, by a millisecond or by a busy event loop. */
const LATENESS = 100

/**
 * Requests per second, by spacing them. Up to 10 per second two starts are never closer than the interval between them. Faster paces may
 * catch up after a pause or a late timer, but with no more than the requests of a tenth of a second: any `t` seconds hold at most
 * `1 + (t + 0.1) × rate` starts.
 */
export class Pace {
  readonly #interval: number
  readonly #tolerance: number

  /** 0: no limit. */
  constructor(perSecond: number) {
    this.#interval = perSecond === 0 ? 0 : 1000 / perSecond
    this.#tolerance = perSecond === 0 ? 0 : Math.max(0, LATENESS - this.#interval)
  }

  /** When the next start may be, after one at `now` that might have been at `due`. */
  following(due: number, now: number): number {
    return Math.max(due, now - this.#tolerance) + this.#interval
  }
}
