/** Source: where the lines of a list come from. */
import type { FailureCode } from '../errors.js'
import type { JobInput } from '../job.js'

/** One line, read. Whether its URL can be requested is decided later, in one place for every source: `makeJob`. */
export type SourceEntry =
  | { readonly input: JobInput; readonly line?: number; readonly list?: string }
  | {
      /** The line, for the record: printable, cut to 200 characters, not yet redacted. */
      readonly text: string
      readonly problem: { readonly code: FailureCode; readonly message: string }
      readonly line?: number
      readonly list?: string
    }

/** A place between two entries, where reading may begin later. */
export interface ListPlace {
  readonly byte: number
  /** Lines of the text before it. */
  readonly line: number
}

/** Where in a list the work begins: all lines before are done, and the names that they have are taken. */
export interface ListBegin {
  readonly id: number
  /** Where that line is, in a list that can be read from there. */
  readonly place?: ListPlace
}

export interface EntryBatch extends ReadonlyArray<SourceEntry> {
  /** Where its last entry ends, of a source that can begin there. */
  readonly next?: ListPlace
}

/**
 * What every source promises:
 *
 * - entries come in the order of the list, the same ones each time; comments and blank lines are not entries;
 * - memory does not grow with the list; a line however long costs at most 64 KB;
 * - a bad line is an entry with a `problem`, and the lines after it are read; a list that cannot be read at all throws
 *   `RunError('ERR_SOURCE')` that names it;
 * - breaking off the loop closes files; an aborted signal makes the next batch reject with its reason.
 */
export interface Source {
  /**
   * Reads from the beginning, or from a place that an earlier reading of the same list gave. Batches, because a promise for each line would
   * cost more than the line.
   */
  batches(signal?: AbortSignal, from?: ListPlace): AsyncIterable<EntryBatch>
  /**
   * Tells one list from another without reading all of it, for the refusal to continue with a different one. Undefined: cannot be told
   * before it is read (standard input, a generator).
   */
  fingerprint(): Promise<string | undefined>
  /** Bytes of the list where that is known, for progress and for choosing a style. */
  readonly size?: number
  /** About how many entries it has, where that can be told without reading all of it. The same number each time. */
  expected?(): Promise<number | undefined>
}
