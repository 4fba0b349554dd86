/** The loop that all line-based formats share: bytes in, batches of entries out, one batch or more for each chunk that arrives. */
import { FAILURES } from '../errors.js'
import { badEntry, inBatches, type ListName } from './entries.js'
import { LineScanner, type LineTaker } from './line-scanner.js'
import type { EntryBatch, ListPlace, SourceEntry } from './source.js'

/** What a format makes of its lines. It appends to the array it was given. */
export interface LineReader {
  line(text: string, number: number): void
  /** Such a line is bad in every format; false where it is no entry all the same (a comment). */
  badLine?(begin: string): boolean
  /** All lines that have come so far were given; a reader that works on many at once does so now. */
  flush?(ended: boolean): void
}

/** `from`: the place of the first byte that will come, of a list that can be read from other places too; then batches have a `next`. */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  list: ListName,
  makeReader: (entries: SourceEntry[]) => LineReader,
  from?: ListPlace,
): AsyncGenerator<EntryBatch> {
  const entries: SourceEntry[] = []
  const reader = makeReader(entries)
  const taker: LineTaker = {
    line: (text, number) => reader.line(text, number),
    badLine: (code, begin, number) => {
      if (reader.badLine?.(begin) === false) return
      entries.push(badEntry(code, FAILURES[code].what, begin, number, list))
    },
  }
  const scanner = new LineScanner(taker, from)
  for await (const chunk of chunks) {
    scanner.push(chunk)
    reader.flush?.(false)
    yield* inBatches(entries.splice(0), from === undefined ? undefined : scanner.place)
  }
  scanner.end()
  reader.flush?.(true)
  yield* inBatches(entries.splice(0))
}
