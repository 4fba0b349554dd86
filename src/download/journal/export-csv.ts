import type { Outcome } from '../outcome.js'
import { resultColumns } from './result-columns.js'

/** What makes a spreadsheet take a text for a formula, after what it skips; and the line breaks with which a cell may begin another. */
const formula = /^(?:[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/

/** Quoted always, so that no separator of any country splits it; one that would be a formula gets an apostrophe, which makes it text. */
function cell(value: string | number | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  return `"${(formula.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`
}

const row = (cells: readonly string[]): string => `${cells.join(',')}\r\n`

export const csvHeader: string = row(resultColumns.map(({ name }) => name))

/** One row of CSV (RFC 4180), with its line break. */
export const csvRow = (outcome: Outcome): string => row(resultColumns.map(({ value }) => cell(value(outcome))))
