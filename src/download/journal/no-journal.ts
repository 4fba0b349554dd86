import type { Outcome } from '../outcome.js'
import { CheckedRecords } from './checked-records.js'
import type { Journal, Tally } from './journal.js'

/** Counts, and keeps nothing: the same call downloads everything again. */
export class NoJournal implements Journal {
  readonly #records = new CheckedRecords()

  get tally(): Tally {
    return this.#records.tally
  }

  done(id: number): boolean {
    return this.#records.done.has(id)
  }

  record(outcome: Outcome): void {
    this.#records.add(outcome)
  }

  flush(): void {
    // Nothing is held back.
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}
