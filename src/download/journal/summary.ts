import { FailureCounts } from './failure-counts.js'
import { layoutOf } from './folder-layout.js'
import type { Tally } from './journal.js'
import { lockHolder, type LockHolder } from './lock.js'
import { thisProcess, type ProcessIdentity } from './process-identity.js'
import { readOutcomes } from './read-journal.js'
import { readRunRecord, type RunRecord } from './run-record.js'
import { TallyCounter } from './tally-counter.js'

/** What a folder's records come to. */
export interface FolderSummary extends Tally {
  /** Undefined where somebody removed it. */
  readonly run: RunRecord | undefined
  /** Who works in the folder now. */
  readonly lockedBy: LockHolder | undefined
  readonly byCode: readonly (readonly [code: string, count: number])[]
  /** The twenty hosts with the most failures. */
  readonly byHost: readonly (readonly [host: string, count: number])[]
  readonly hostsExact: boolean
  /** ISO 8601: the earliest and the latest begin of a last attempt. */
  readonly firstStart: string | undefined
  readonly lastStart: string | undefined
}

/**
 * Reads all records of a folder, in memory that does not grow with them. Needs no lock.
 *
 * @throws RunError ERR_JOURNAL if there is no journal or it cannot be read
 */
export async function summarise(output: string, me: ProcessIdentity = thisProcess()): Promise<FolderSummary> {
  const counter = new TallyCounter()
  const failures = new FailureCounts()
  let firstStart: string | undefined
  let lastStart: string | undefined
  for await (const outcomes of readOutcomes(output)) {
    for (const outcome of outcomes) {
      const { status, bytes = 0, code, url, start } = outcome
      counter.add(status, bytes)
      failures.add(status, code, url)
      if (start === undefined) continue
      // ISO 8601 in UTC sorts as text.
      if (firstStart === undefined || start < firstStart) firstStart = start
      if (lastStart === undefined || start > lastStart) lastStart = start
    }
  }
  const { byCode, byHost, hostsExact } = failures
  const { run, state } = layoutOf(output)
  return {
    ...counter.tally,
    run: readRunRecord(run),
    lockedBy: lockHolder(state, me),
    byCode,
    byHost,
    hostsExact,
    firstStart,
    lastStart,
  }
}
