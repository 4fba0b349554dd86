/** Building blocks of every source: entries, bad lines, batches. */
import { printable } from '../../text/index.js'
import type { FailureCode } from '../errors.js'
import type { JobInput } from '../job.js'
import type { EntryBatch, ListPlace, SourceEntry } from './source.js'

/** Most entries in a batch. */
export const BATCH = 1_000

/** What a reader knows of the list it reads. */
export interface ListName {
  /** For messages: `list.txt`, `standard input`. */
  readonly name: string
  /** For entries: only where the run has several lists. */
  readonly list?: string
}

export function goodEntry(input: JobInput, line: number, { list }: ListName): SourceEntry {
  return list === undefined ? { input, line } : { input, line, list }
}

export function badEntry(code: FailureCode, message: string, text: string, line: number, { list }: ListName): SourceEntry {
  const entry = { text: excerpt(text), problem: { code, message }, line }
  return list === undefined ? entry : { ...entry, list }
}

/** Characters of a line that a record shows. */
const SHOWN = 200

/** The begin of a line, printable, for the record of a line that makes no job. */
export function excerpt(text: string): string {
  const shown = printable(text.slice(0, SHOWN).trim(), '\ufffd')
  return text.length > SHOWN ? `${shown.slice(0, SHOWN - 1)}…` : shown
}

/** Never an empty one. `next`: where the last entry ends. */
export function* inBatches(entries: readonly SourceEntry[], next?: ListPlace): Generator<EntryBatch> {
  for (let from = 0; from < entries.length; from += BATCH) {
    const isLast = from + BATCH >= entries.length
    const batch = from === 0 && isLast ? entries : entries.slice(from, from + BATCH)
    yield isLast && next !== undefined ? Object.assign(batch, { next }) : batch
  }
}
