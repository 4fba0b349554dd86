/** Rate limit: bytes per second of all transfers of a thread together. */

/** What may come at once after a pause, in ms of the rate; below it, timers would cost more than they regulate. */
const BURST = 100

/** A token bucket. Bytes are counted when they are there already; whoever took too many waits before taking more. */
export class RateLimit {
  readonly #bytesPerSecond: number
  readonly #now: () => number
  /** When all bytes taken so far are paid for, in ms. */
  #paid = Number.NEGATIVE_INFINITY

  /** @param bytesPerSecond 0: no limit @param now ms, monotonic */
  constructor(bytesPerSecond: number, now: () => number) {
    this.#bytesPerSecond = bytesPerSecond
    this.#now = now
  }

  /** Counts bytes that arrived. @returns ms to wait before reading on, 0 for none */
  take(bytes: number): number {
    if (this.#bytesPerSecond === 0) return 0
    const now = this.#now()
    this.#paid = Math.max(this.#paid, now - BURST) + (bytes / this.#bytesPerSecond) * 1000
    return Math.max(0, this.#paid - now)
  }
}
