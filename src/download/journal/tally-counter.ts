import { STATUSES, type Status } from '../outcome.js'
import type { Tally } from './journal.js'

/** Counts records as they come. */
export class TallyCounter {
  readonly #byStatus: Record<Status, number> = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>
  #records = 0
  #bytes = 0

  /** `bytes` count only where the file is whole. */
  add(status: Status, bytes: number): void {
    this.#byStatus[status]++
    this.#records++
    if (status === 'ok') this.#bytes += bytes
  }

  /** Puts back what `tally` said of another one; before anything is counted. */
  restore({ records, byStatus, bytes }: Tally): void {
    this.#records = records
    this.#bytes = bytes
    Object.assign(this.#byStatus, byStatus)
  }

  /** What was counted until now; does not change afterwards. */
  get tally(): Tally {
    return { records: this.#records, byStatus: { ...this.#byStatus }, bytes: this.#bytes }
  }
}
