/**
 * csv and tsv. Rows are put together here, line by line, and only then cut into cells by csv-parse: so that a quote that is never closed
 * costs its own line and not the rest of the list, and every row has the number of its line.
 *
 *   line ─▶ quotes even? ──▶ a row ─▶ (no quote: split) ─┐
 *            │ odd: the row goes on in the next lines     ├─▶ as many cells as the header? ─▶ entry
 *            └▶ …until they are even ─▶ csv-parse ────────┘
 */
import type { parse as Parse } from 'csv-parse/sync'
import { RunError } from '../errors.js'
import type { JobInput } from '../job.js'
import { hashOf } from '../job-hash.js'
import { type ColumnOptions, findColumns, mirrorsOf } from './columns.js'
import { badEntry, goodEntry, type ListName } from './entries.js'
import { MAX_LINE } from './line-scanner.js'
import type { SourceEntry } from './source.js'
import { type LineReader, readLines } from './text-lines.js'

export interface TableFormat {
  readonly delimiter: ',' | '\t'
  /** tsv has none: a quote is a letter there. */
  readonly quotes: boolean
}

export const CSV: TableFormat = { delimiter: ',', quotes: true }
export const TSV: TableFormat = { delimiter: '\t', quotes: false }

export async function* readTable(
  chunks: AsyncIterable<Buffer>,
  list: ListName,
  format: TableFormat,
  columns: ColumnOptions,
): AsyncGenerator<readonly SourceEntry[]> {
  const { parse } = await import('csv-parse/sync')
  yield* readLines(chunks, list, (entries) => new TableReader(entries, list, format, columns, parse))
}

/** One line, or several with a quoted cell that goes over them. */
interface Row {
  readonly lines: readonly string[]
  readonly number: number
}

class TableReader implements LineReader {
  readonly #entries: SourceEntry[]
  readonly #list: ListName
  readonly #format: TableFormat
  readonly #columns: ColumnOptions
  readonly #parse: typeof Parse
  #toInput: ((cells: readonly string[]) => JobInput | string) | undefined
  /** Lines of a row whose quotes are still odd. */
  #open: string[] = []
  #openNumber = 0
  #openLength = 0
  /** Rows to be cut into cells together. */
  #rows: Row[] = []

  constructor(entries: SourceEntry[], list: ListName, format: TableFormat, columns: ColumnOptions, parse: typeof Parse) {
    this.#entries = entries
    this.#list = list
    this.#format = format
    this.#columns = columns
    this.#parse = parse
  }

  line(text: string, number: number): void {
    const odd = this.#format.quotes && hasOddQuotes(text)
    if (this.#open.length === 0) {
      if (odd) this.#begin(text, number)
      else if (text.trim() !== '') this.#rows.push({ lines: [text], number })
      return
    }
    this.#open.push(text)
    this.#openLength += text.length + 1
    if (odd) this.#closeRow()
    else if (this.#openLength > MAX_LINE) this.#giveUpRow()
  }

  badLine(): boolean {
    // It ends a row that goes over several lines.
    this.flush(true)
    if (this.#toInput === undefined) throw this.#noHeader('it is too long, or not UTF-8')
    return true
  }

  flush(ended: boolean): void {
    if (ended) while (this.#open.length > 0) this.#giveUpRow()
    this.#cutRows()
  }

  #begin(text: string, number: number): void {
    this.#open = [text]
    this.#openNumber = number
    this.#openLength = text.length
  }

  #closeRow(): void {
    const row = { lines: this.#open, number: this.#openNumber }
    if (!readableQuotes.test(row.lines.join('\n'))) this.#giveUpRow()
    else {
      this.#open = []
      this.#rows.push(row)
    }
  }

  /** The quotes cannot be read: the first line alone is a bad row, and the lines after it are read anew. */
  #giveUpRow(): void {
    const [first = '', ...rest] = this.#open
    const number = this.#openNumber
    this.#open = []
    this.#rows.push({ lines: [first], number })
    for (const [index, text] of rest.entries()) this.line(text, number + 1 + index)
  }

  #cutRows(): void {
    const rows = this.#rows
    this.#rows = []
    for (const [index, cells] of this.#cells(rows).entries()) {
      const { lines, number } = rows[index] as Row
      if (cells === undefined) this.#bad('a quote that is not closed, or in the middle of a cell', lines[0] ?? '', number)
      else if (this.#toInput === undefined) this.#toInput = this.#header(cells)
      else {
        const input = this.#toInput(cells)
        if (typeof input === 'string') this.#bad(input, lines[0] ?? '', number)
        else this.#entries.push(goodEntry(input, number, this.#list))
      }
    }
  }

  #bad(message: string, text: string, number: number): void {
    if (this.#toInput === undefined) throw this.#noHeader(message)
    this.#entries.push(badEntry('INVALID_ROW', message, text, number, this.#list))
  }

  #noHeader(why: string): RunError {
    return new RunError('ERR_SOURCE', `${this.#list.name}: the header row cannot be read: ${why}`)
  }

  /** Undefined for a row whose quotes cannot be read. csv-parse gets all the others at once: a call costs it as much as many rows. */
  #cells(rows: readonly Row[]): (readonly string[] | undefined)[] {
    const { delimiter, quotes } = this.#format
    const quoted: string[] = []
    const cells = rows.map(({ lines }) => {
      const text = lines.join('\n')
      if (!quotes || !text.includes('"')) return text.split(delimiter)
      if (readableQuotes.test(text)) return quoted.push(text) - 1
      return undefined
    })
    if (quoted.length === 0) return cells as (readonly string[] | undefined)[]
    const parsed = this.#parse(quoted.join('\n'), { delimiter, record_delimiter: '\n', relax_column_count: true })
    return cells.map((cut) => (typeof cut === 'number' ? parsed[cut] : cut))
  }

  #header(header: readonly string[]): (cells: readonly string[]) => JobInput | string {
    const found = findColumns(header, this.#columns, this.#list.name)
    const at = (name: string | undefined): number => (name === undefined ? -1 : header.indexOf(name))
    const [url, name, hash, mirrors] = [at(found.url), at(found.name), at(found.hash), at(found.mirrors)]
    return (cells) => {
      if (cells.length !== header.length) {
        return `${String(cells.length)} cells where the header has ${String(header.length)}`
      }
      const address = (cells[url] ?? '').trim()
      if (address === '') return `nothing in the column '${found.url}'`
      const named = name === -1 ? '' : (cells[name] ?? '')
      const hashed = hash === -1 ? '' : (cells[hash] ?? '').trim()
      const others = mirrors === -1 ? [] : mirrorsOf(cells[mirrors] ?? '')
      return {
        url: address,
        ...(named === '' ? {} : { name: named }),
        ...(hashed === '' ? {} : { hash: hashOf(hashed, found.hash ?? '') }),
        ...(others.length === 0 ? {} : { mirrors: others }),
      }
    }
  }
}

/** Cells with quotes around all of them or with none at all. */
const readableQuotes = /^(?:"[^"]*(?:""[^"]*)*"|[^",]*)(?:,(?:"[^"]*(?:""[^"]*)*"|[^",]*))*$/

function hasOddQuotes(text: string): boolean {
  let odd = false
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) odd = !odd
  return odd
}
