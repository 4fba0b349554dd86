/** HeavyHitters: the most frequent of any number of names, in memory for so many and no more. */
export class HeavyHitters {
  readonly #counts = new Map<string, number>()
  readonly #capacity: number
  #exact = true

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Puts back what `top` and `exact` said of another one; before anything is added. */
  restore(counts: readonly (readonly [name: string, count: number])[], exact: boolean): void {
    for (const [name, count] of counts) this.#counts.set(name, count)
    this.#exact = exact
  }

  /** Whether nothing was ever dropped. If not, counts may be too low, never too high, and rare names may be missing. */
  get exact(): boolean {
    return this.#exact
  }

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
    if (this.#counts.size > this.#capacity) this.#dropHalf()
  }

  /** The `most` most frequent ones; of equals the one that comes first in the alphabet. */
  top(most: number): [name: string, count: number][] {
    return [...this.#counts].sort(([a, times], [b, others]) => others - times || (a < b ? -1 : 1)).slice(0, most)
  }

  /** What came often stays, with its count; at least half of the names go. */
  #dropHalf(): void {
    const counts = [...this.#counts.values()].sort((a, b) => a - b)
    const median = counts[counts.length >> 1] ?? 0
    this.#exact = false
    for (const [name, count] of this.#counts) {
      if (count <= median) this.#counts.delete(name)
    }
  }
}
