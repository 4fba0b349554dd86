/** txt: one URL a line; `#` begins a comment line; blank lines mean nothing. Never read as CSV: commas and quotes belong to the URL. */
import { goodEntry, type ListName } from './entries.js'
import type { EntryBatch, ListPlace, SourceEntry } from './source.js'
import { type LineReader, readLines } from './text-lines.js'

export function readUrlLines(chunks: AsyncIterable<Buffer>, list: ListName, from?: ListPlace): AsyncIterable<EntryBatch> {
  return readLines(chunks, list, (entries) => urlLines(entries, list), from)
}

function urlLines(entries: SourceEntry[], list: ListName): LineReader {
  return {
    // Control characters inside are for makeJob to find, as in every other list.
    line: (text, number) => {
      const url = withoutBlanks(text)
      if (url !== '' && !url.startsWith('#')) entries.push(goodEntry({ url }, number, list))
    },
    badLine: (begin) => !withoutBlanks(begin).startsWith('#'),
  }
}

const isBlank = (code: number): boolean => code === 32 || code === 9

/** Blanks and tabs only: `trim` would take control characters and exotic spaces for nothing. */
function withoutBlanks(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isBlank(text.charCodeAt(from))) from += 1
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1
  return from === 0 && to === text.length ? text : text.slice(from, to)
}
