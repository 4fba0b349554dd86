import type { Journal } from './journal/journal.js'
import type { Outcome } from './outcome.js'

/**
 * LateTelling: outcomes that are told once their records are in the journal, which with `durable` means on the disk: at the end of the turn of
 * the event loop, so that all records of a turn cost one wait for the disk.
 */
export class LateTelling {
  readonly #journal: Journal
  readonly #tell: (outcome: Outcome) => void
  #waiting: Outcome[] = []
  #turn: NodeJS.Immediate | undefined

  constructor(journal: Journal, tell: (outcome: Outcome) => void) {
    this.#journal = journal
    this.#tell = tell
  }

  /** @param outcome recorded already */
  tell(outcome: Outcome): void {
    this.#waiting.push(outcome)
    this.#turn ??= setImmediate(() => this.flush())
  }

  /** Tells what waits; or nothing of it, if the journal cannot be written: whoever records next, or closes it, hears why. */
  flush(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
    const recorded = this.#waiting
    this.#waiting = []
    try {
      this.#journal.flush()
    } catch {
      return
    }
    for (const outcome of recorded) this.#tell(outcome)
  }
}
