/** The journal as the test reads it: with its own eyes, not with the code it tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from './hostile-list.js'

/** The fields of a record that the test looks at. */
export interface Found {
  readonly id: number
  readonly url: string
  readonly status: string
  readonly code?: string
  readonly http?: number
  readonly file?: string
  readonly member?: string
  readonly bytes?: number
  readonly sha256?: string
}

export interface Journal {
  /** Up to the last line break: what counts. */
  readonly text: string
  readonly records: readonly Found[]
  readonly complaints: readonly string[]
}

/** The files of a journal, oldest first. */
const JOURNAL = /^journal(\.\d{6})?\.jsonl$/

/** Reads what is there of a journal; a torn last line does not count. */
export function readJournal(folder: string): Journal {
  const state = join(folder, '.halyard')
  const names = existsSync(state) ? readdirSync(state).filter((name) => JOURNAL.test(name)) : []
  // `journal.000001.jsonl` sorts before `journal.jsonl`, which is the youngest.
  const all = names
    .toSorted()
    .map((name) => readFileSync(join(state, name), 'utf8'))
    .join('')
  const text = all.slice(0, all.lastIndexOf('\n') + 1)
  const records: Found[] = []
  const complaints: string[] = []
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    try {
      records.push(JSON.parse(line) as Found)
    } catch {
      complaints.push(`line ${index + 1} of the journal is no JSON: ${line.slice(0, 80)}`)
    }
  }
  return { text, records, complaints }
}

/** True at every moment: no line twice, every record is the right one, and whatever is called ok is named as it must be. */
export function recordComplaints(journal: Journal, lines: readonly Line[]): string[] {
  const seen = new Set<number>()
  const complaints = [...journal.complaints]
  for (const record of journal.records) {
    const line = lines[record.id]
    if (seen.has(record.id)) complaints.push(`line ${record.id} has two records`)
    seen.add(record.id)
    if (line === undefined) complaints.push(`a record for line ${record.id}, which the list does not have`)
    else complaints.push(...contradictions(record, line).map((what) => `line ${record.id}: ${what}`))
  }
  return complaints
}

function contradictions(record: Found, line: Line): string[] {
  const code = record.code === undefined ? '' : ` (${record.code})`
  if (record.status !== line.status) return [`is recorded as ${record.status}${code}, should be ${line.status}`]
  if (line.status === 'invalid') return record.code === undefined ? ['is invalid without a code'] : []
  const wrong = record.url === line.text ? [] : [`is recorded with the URL ${record.url}`]
  if (line.status === 'not-found') return wrong
  for (const key of ['file', 'member', 'bytes', 'sha256'] as const) {
    if (record[key] !== line[key]) wrong.push(`${key} is recorded as ${String(record[key])}, should be ${String(line[key])}`)
  }
  return wrong
}

/** What is true only in the end: every line has its record. */
export function missingRecords({ records }: Journal, lines: readonly Line[]): string[] {
  const ids = new Set(records.map(({ id }) => id))
  return lines.filter(({ id }) => !ids.has(id)).map(({ id, text }) => `line ${id} has no record: ${text.slice(0, 80)}`)
}
