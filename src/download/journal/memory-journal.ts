import type { Outcome } from '../outcome.js'
import { NoJournal } from './no-journal.js'

/** Keeps the outcomes in memory, all of them. Given to a second call, it continues the first: closing it changes nothing. */
export class MemoryJournal extends NoJournal {
  readonly #outcomes: Outcome[] = []

  /** In the order in which they were recorded. */
  get outcomes(): readonly Outcome[] {
    return this.#outcomes
  }

  override record(outcome: Outcome): void {
    super.record(outcome)
    this.#outcomes.push(outcome)
  }
}
