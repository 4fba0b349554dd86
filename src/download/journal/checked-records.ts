import { RunError } from '../errors.js'
import type { Outcome, Status } from '../outcome.js'
import { DoneSet } from './done-set.js'
import { FailureCounts, type SavedFailureCounts } from './failure-counts.js'
import type { Tally } from './journal.js'
import { isLineId, isStatus } from './parse-record.js'
import { TallyCounter } from './tally-counter.js'

/** Which lines have their record, how many ended how, and why: what every journal knows. One record a line. */
export class CheckedRecords {
  readonly done: DoneSet = new DoneSet()
  readonly failures: FailureCounts = new FailureCounts()
  readonly #counter = new TallyCounter()

  get tally(): Tally {
    return this.#counter.tally
  }

  /** @throws RunError ERR_JOURNAL if the line has its record, or if it is none that could be read again */
  add(outcome: Outcome): void {
    const { id, status, bytes = 0, code, url } = outcome
    if (!isLineId(id) || !isStatus(status) || typeof url !== 'string') {
      throw new RunError(
        'ERR_JOURNAL',
        `not an outcome: id ${String(id)}, status ${status}. This is a mistake of the program that records it`,
      )
    }
    if (!this.addScanned(id, status, bytes, code, url)) {
      throw new RunError('ERR_JOURNAL', `line ${id} has its record already. This is a mistake of the program that records it`)
    }
  }

  /** Whether the line had no record yet. */
  addScanned(id: number, status: Status, bytes: number, code: string | undefined, url: string | undefined): boolean {
    if (!this.done.add(id)) return false
    this.#counter.add(status, bytes)
    if (status !== 'ok') this.failures.add(status, code, url ?? '')
    return true
  }

  /** Puts back what is known of the records up to some place; before anything is added. */
  restore(tally: Tally, failures: SavedFailureCounts, firstUndone: number, pages: ReadonlyMap<number, Uint32Array>): void {
    this.done.restore(tally.records, firstUndone, pages)
    this.failures.restore(failures)
    this.#counter.restore(tally)
  }
}
