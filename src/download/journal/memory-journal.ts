import type { Outcome } from '../outcome.js'
import { CheckedRecords } from './checked-records.js'
import type { Journal, Tally } from './journal.js'

/** Keeps the outcomes in memory, all of them. Given to a second call, it continues the first. */
export class MemoryJournal implements Journal {
  readonly #records = new CheckedRecords()
  readonly #outcomes: Outcome[] = []

  /** In the order in which they were recorded. */
  get outcomes(): readonly Outcome[] {
    return this.#outcomes
  }

  get tally(): Tally {
    return this.#records.tally
  }

  done(id: number): boolean {
    return this.#records.has(id)
  }

  record(outcome: Outcome): void {
    this.#records.add(outcome)
    this.#outcomes.push(outcome)
  }

  flush(): void {
    // Nothing is held back.
  }

  async close(): Promise<void> {
    // Stays usable: it is the caller's memory.
  }
}
