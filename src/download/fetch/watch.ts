/** Watch: one timer that looks after all transfers of a fetcher, instead of several timers for each. */

export interface Watched {
  /** Where the watch keeps it; the watch's own. */
  slot: number
  /** Ends itself if one of its limits is over. Must not throw. */
  look(now: number): void
}

/** ms between two looks. Limits shorter than a few of them are looked at more often. */
const LONGEST_TICK = 250
const SHORTEST_TICK = 5

/** How often to look so that none of these limits (ms, 0 for none) is overrun by more than about an eighth. */
export function tickFor(limits: readonly number[]): number {
  const shortest = Math.min(...limits.filter((limit) => limit > 0), Number.POSITIVE_INFINITY)
  return Math.min(LONGEST_TICK, Math.max(SHORTEST_TICK, Math.floor(shortest / 8)))
}

/**
 * Holds the program open only while there is something to watch.
 *
 * An array, and not a Set: a Set through which thousands pass is copied again and again, and the old copies, which point at each other,
 * keep all of them in memory until the next full collection.
 */
export class Watch {
  readonly #now: () => number
  readonly #tick: number
  readonly #watched: Watched[] = []
  #timer: NodeJS.Timeout | undefined

  /** @param now ms, monotonic @param tick ms between two looks */
  constructor(now: () => number, tick: number) {
    this.#now = now
    this.#tick = tick
  }

  add(watched: Watched): void {
    if (this.#watched.length === 0) this.#start()
    watched.slot = this.#watched.length
    this.#watched.push(watched)
  }

  /** The last one takes its place. */
  delete(watched: Watched): void {
    const last = this.#watched.pop()
    if (last !== undefined && last !== watched) {
      this.#watched[watched.slot] = last
      last.slot = watched.slot
    }
    // The timer goes on until its next turn: from one short transfer to the next it would only be stopped to be started again.
    if (this.#watched.length === 0) this.#timer?.unref()
  }

  /** Everything that is watched. */
  get all(): readonly Watched[] {
    return [...this.#watched]
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #start(): void {
    if (this.#timer !== undefined) {
      this.#timer.ref()
      return
    }
    this.#timer = setInterval(() => {
      if (this.#watched.length === 0) this.close()
      const now = this.#now()
      // One that ends itself leaves its place to another; so a copy.
      for (const watched of this.all) watched.look(now)
    }, this.#tick)
  }
}
