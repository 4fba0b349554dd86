/** How much per second, lately: a sum over the last few seconds, kept in a handful of buckets. Told the time in ms; it never asks for it. */
export class SlidingRate {
  readonly #bucketMs: number
  /** A ring: the bucket of period `p` is at `p % length`. */
  readonly #amounts: number[]
  #begin: number | undefined
  /** Number of the newest period with a bucket. */
  #period = 0

  /** @param windowMs - how far back it looks */
  constructor(windowMs: number, buckets = 20) {
    this.#bucketMs = windowMs / buckets
    this.#amounts = Array.from({ length: buckets }, () => 0)
  }

  add(now: number, amount: number): void {
    this.#advance(now)
    this.#amounts[this.#period % this.#amounts.length]! += amount
  }

  perSecond(now: number): number {
    this.#advance(now)
    const begin = this.#begin ?? now
    const windowBegin = (this.#period - this.#amounts.length + 1) * this.#bucketMs
    // Never less than one bucket, or the first bytes of a run would look like a flood.
    const ms = Math.max(this.#bucketMs, now - Math.max(begin, windowBegin))
    return (this.#amounts.reduce((sum, amount) => sum + amount, 0) * 1000) / ms
  }

  #advance(now: number): void {
    const period = Math.floor(now / this.#bucketMs)
    if (this.#begin === undefined) {
      this.#begin = now
      this.#period = period
      return
    }
    const passed = Math.min(period - this.#period, this.#amounts.length)
    for (let i = 1; i <= passed; i += 1) this.#amounts[(this.#period + i) % this.#amounts.length] = 0
    if (passed === this.#amounts.length) this.#amounts.fill(0)
    this.#period = Math.max(this.#period, period)
  }
}
