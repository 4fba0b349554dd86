import { RunError } from '../errors.js'
import type { Outcome } from '../outcome.js'
import { DoneSet } from './done-set.js'
import type { Tally } from './journal.js'
import { isLineId, isStatus } from './parse-record.js'
import { TallyCounter } from './tally-counter.js'

/** Which lines have their record, and how many ended how: what every journal knows. One record a line. */
export class CheckedRecords {
  readonly #done = new DoneSet()
  readonly #counter = new TallyCounter()

  has(id: number): boolean {
    return this.#done.has(id)
  }

  firstUndone(): number {
    return this.#done.firstUndone()
  }

  get tally(): Tally {
    return this.#counter.tally
  }

  /** @throws RunError ERR_JOURNAL if the line has its record, or if it is none that could be read again */
  add(outcome: Outcome): void {
    const { id, status, bytes = 0 } = outcome
    if (!isLineId(id) || !isStatus(status) || typeof outcome.url !== 'string') {
      throw new RunError(
        'ERR_JOURNAL',
        `not an outcome: id ${String(id)}, status ${status}. This is a mistake of the program that records it`,
      )
    }
    if (!this.addScanned(id, status, bytes)) {
      throw new RunError('ERR_JOURNAL', `line ${id} has its record already. This is a mistake of the program that records it`)
    }
  }

  /** Whether the line had no record yet. */
  addScanned(id: number, status: Outcome['status'], bytes: number): boolean {
    if (!this.#done.add(id)) return false
    this.#counter.add(status, bytes)
    return true
  }
}
