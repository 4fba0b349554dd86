/** Journal: the append-only list of outcomes, and so the memory of what is done. */
import type { Outcome, Status } from '../outcome.js'

/** How many lines ended how. */
export interface Tally {
  readonly records: number
  readonly byStatus: Readonly<Record<Status, number>>
  /** Bytes of `ok`. */
  readonly bytes: number
}

/**
 * What every journal promises:
 *
 * - `record` returns at once; the record is in the file when the turn of the event loop is over, or after `flush`;
 * - one record per id; a record for an id that has one already is refused with RunError('ERR_JOURNAL');
 * - after a crash, all records but those of the last turn are there; a torn last line counts as not written;
 * - if it cannot be written, `record`, `flush` or `close` throws RunError('ERR_OUTPUT'), and what was written before stays readable.
 */
export interface Journal {
  /** Whether the line has its record. */
  done(id: number): boolean
  record(outcome: Outcome): void
  readonly tally: Tally
  flush(): void
  /** Flushes and lets go of the folder. Idempotent. */
  close(): Promise<void>
}
