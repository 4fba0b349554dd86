/** jsonl: one object a line, `{"url":…, "name":…, "hash":…, "size":…, "mirrors":[…], "headers":{…}}`; other keys mean nothing. */
import type { ColumnOptions } from './columns.js'
import { badEntry, goodEntry, type ListName } from './entries.js'
import { inputOf, type InputKeys, jobKeys } from './input-of.js'
import type { EntryBatch, ListPlace, SourceEntry } from './source.js'
import { type LineReader, readLines } from './text-lines.js'

export function readJsonLines(
  chunks: AsyncIterable<Buffer>,
  list: ListName,
  { urlCol, nameCol, hashCol, mirrorsCol }: ColumnOptions,
  from?: ListPlace,
): AsyncIterable<EntryBatch> {
  const keys: InputKeys = {
    ...jobKeys,
    ...(urlCol === undefined ? {} : { url: urlCol }),
    ...(nameCol === undefined ? {} : { name: nameCol }),
    ...(hashCol === undefined ? {} : { hash: hashCol }),
    ...(mirrorsCol === undefined ? {} : { mirrors: mirrorsCol }),
  }
  return readLines(chunks, list, (entries) => jsonLines(entries, list, keys), from)
}

function jsonLines(entries: SourceEntry[], list: ListName, keys: InputKeys): LineReader {
  return {
    line: (text, number) => {
      if (text.trim() === '') return
      const input = readObject(text, keys)
      if (typeof input === 'string') entries.push(badEntry('INVALID_ROW', input, withoutHeaders(text), number, list))
      else entries.push(goodEntry(input, number, list))
    },
  }
}

function readObject(text: string, keys: InputKeys): ReturnType<typeof inputOf> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Its message quotes the line, and so perhaps a password.
    return 'not JSON'
  }
  return inputOf(value, keys)
}

/** Headers may hold secrets, and the text of a bad line is shown. */
function withoutHeaders(text: string): string {
  const at = text.search(/"headers"/i)
  return at === -1 ? text : `${text.slice(0, at)}…`
}
