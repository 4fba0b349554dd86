/**
 * How much gets done while the number at once stays as it is, by Little's law: work done × places / time spent on it. Counting ends per
 * second would say the same of a long time; of a short one it says more about its edges, because requests that begin together end together.
 */
export class Gauge {
  /** ms */
  #opened = 0
  #places = 1
  #ends = 0
  #full = 0
  #took = 0
  #work = 0
  #squares = 0

  open(now: number, places: number): void {
    this.#opened = now
    this.#places = places
    this.#ends = 0
    this.#full = 0
    this.#took = 0
    this.#work = 0
    this.#squares = 0
  }

  /** A request ended that took so many ms. `full`: all places were taken until then. */
  add(work: number, took: number, full: boolean): void {
    this.#ends++
    if (full) this.#full++
    this.#took += took
    this.#work += work
    this.#squares += work * work
  }

  /** ms since it was opened. */
  age(now: number): number {
    return now - this.#opened
  }

  /** Whether as many have ended as `rounds` times the places. */
  passed(rounds: number): boolean {
    return this.#ends >= rounds * this.#places
  }

  /** Whether the places were taken nearly all the time; if not, it was not their number that decided how much was done. */
  get isFull(): boolean {
    return this.#full >= this.#ends * 0.9
  }

  /** How many requests of equal size would say as much: one large file among small ones makes the rest count for little. */
  get weight(): number {
    return this.#squares === 0 ? 0 : (this.#work * this.#work) / this.#squares
  }

  /** Work per ms. */
  get rate(): number {
    return (this.#work * this.#places) / Math.max(this.#took, 1e-3)
  }
}
