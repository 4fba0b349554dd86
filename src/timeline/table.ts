import { cut, pad, percent, ratio, seconds } from '../report/index.js'
import { plainLine } from '../text/index.js'

/** One line of the comparison. */
export interface ComparisonRow {
  readonly style: string
  /** How many calls were allowed to run at once. */
  readonly concurrency: number
  /** Whole run, in milliseconds. */
  readonly elapsed: number
  /** Of that, until the first worker could take a call, in milliseconds; absent if there was nothing to start. */
  readonly ready?: number
  /** How many times faster than the sequential run; absent if there was none. */
  readonly faster?: number
  /** The shortest possible time divided by the time taken, from 0 to 1. */
  readonly ofIdeal?: number
  /** Why there are no numbers. */
  readonly failure?: string
}

/** How tables are written. */
export interface TableOptions {
  /** Plain ASCII only, for a locale that is not UTF-8. Default false. */
  readonly ascii?: boolean
}

/** What goes where: texts only, for any kind of table. */
export interface ComparisonCells {
  readonly head: readonly string[]
  readonly body: readonly { readonly cells: readonly string[]; readonly failure?: string }[]
}

/** The cells of the comparison; the column of start-up times is there only if some style had to start workers. */
export function comparisonCells(rows: readonly ComparisonRow[], { ascii = false }: TableOptions = {}): ComparisonCells {
  const none = ascii ? '-' : '–'
  const starts = rows.some((row) => row.failure === undefined && row.ready !== undefined)
  const columns: [string, (row: ComparisonRow) => string][] = [
    ['style', (row) => row.style],
    ['at once', (row) => String(row.concurrency)],
    ['seconds', (row) => seconds(row.elapsed)],
    [ascii ? 'x faster' : '× faster', (row) => (row.faster === undefined ? none : ratio(row.faster))],
    ['of ideal', (row) => (row.ofIdeal === undefined ? none : percent(row.ofIdeal))],
  ]
  if (starts) columns.push(['start-up', (row) => (row.ready === undefined ? none : `${seconds(row.ready)} s`)])
  return {
    head: columns.map(([title]) => title),
    body: rows.map((row) => ({
      cells: columns.map(([, cell]) => cell(row)),
      ...(row.failure === undefined ? {} : { failure: row.failure }),
    })),
  }
}

/**
 * The comparison as lines of text, numbers aligned at the right, no line wider than `columns`.
 * @param options.columns - width of the terminal; default 80
 */
export function comparisonTable(
  rows: readonly ComparisonRow[],
  options: TableOptions & { readonly columns?: number } = {},
): string {
  const { columns = 80, ascii = false } = options
  const { head, body } = comparisonCells(rows, options)
  const numbers = body.filter(({ failure }) => failure === undefined).map(({ cells }) => cells)
  const widths = head.map((title, i) =>
    Math.max(
      title.length,
      ...(i === 0 ? body.map((line) => line.cells[0] ?? '') : numbers.map((cells) => cells[i] ?? '')).map((text) => text.length),
    ),
  )
  const line = (cells: readonly string[]): string =>
    cells.map((text, i) => pad(text, widths[i] ?? 0, i === 0 ? 'right' : 'left')).join('  ')
  return [head, ...body]
    .map((row) => {
      if (!('cells' in row)) return line(row)
      return row.failure === undefined
        ? line(row.cells)
        : `${pad(row.cells[0] ?? '', widths[0] ?? 0, 'right')}  failed: ${plainLine(row.failure)}`
    })
    .map((text) => `${cut(text.trimEnd(), columns, ascii ? '...' : '…')}\n`)
    .join('')
}
