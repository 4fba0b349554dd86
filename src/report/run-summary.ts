/** What a run says in the end: how much, what failed and why, what the exit code means, and what to do next. */
import type { Outcome, Summary } from '../download/index.js'
import { plainLine } from '../text/index.js'
import { bytes, duration, grouped } from './format.js'
import { failureLine } from './outcome-line.js'
import { onlyAscii } from './run-progress-lines.js'
import { columnWidth, cut, wrapColumns } from './text-width.js'

/** The figures of a run: of one that has just ended, or of what a folder says of one. */
export type RunFigures = Pick<
  Summary,
  'ok' | 'unchanged' | 'skipped' | 'notFound' | 'failed' | 'invalid' | 'bytes' | 'output' | 'failures'
> &
  Partial<Pick<Summary, 'seconds' | 'resumed'>> & {
    /** Lines of the list, of a run that did not come to its end. */
    readonly total?: number
  }

/** A command that may come next, and what it is for. */
export interface NextStep {
  readonly why: string
  readonly command: string
}

export interface RunSummaryOptions {
  readonly columns?: number
  readonly ascii?: boolean
  /** What a failure is, and what can be done about it. */
  readonly explain: (code: string) => { readonly what: string; readonly todo: string } | undefined
  /** The first failures, one by one; used where there are no more than these. */
  readonly failures?: readonly Outcome[]
  /** Said where it is not 0. */
  readonly exit?: { readonly code: number; readonly meaning: string }
  readonly next?: readonly NextStep[]
}

/** How a text is laid out, what the run ended with, and what may come next. */
export type RunClosingOptions = Pick<RunSummaryOptions, 'columns' | 'ascii' | 'exit' | 'next'>

/** Rows of a table of failures. */
const ROWS = 8
/** Columns beside a row in which nothing can be read. */
const NARROW = 24

/** Text of whole lines; empty lines set paragraphs apart. */
export function runSummary(figures: RunFigures, options: RunSummaryOptions): string {
  const { columns = 80, ascii = false } = options
  const paragraphs = [wrapColumns(figuresLine(figures), columns), ...failureParagraphs(figures, options)]
  return textOf([...paragraphs, ...closingParagraphs(options)], ascii)
}

/** The end of the summary, for a run that has no figures because it broke off. */
export function runClosing(options: RunClosingOptions): string {
  return textOf(closingParagraphs(options), options.ascii)
}

function closingParagraphs({ columns = 80, exit, next = [] }: RunClosingOptions): string[][] {
  return [
    exit === undefined || exit.code === 0 ? [] : wrapColumns(`Exit status ${exit.code}: ${exit.meaning}.`, columns),
    // Commands are not wrapped: they are there to be copied.
    next.flatMap(({ why, command }) => [why, `  ${command}`]),
  ]
}

function textOf(paragraphs: readonly (readonly string[])[], ascii = false): string {
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${ascii ? onlyAscii(line) : line}\n`).join(''))
    .join('\n')
}

/** `19,980 ok, 12 not found, 8 failed; 1.2 GB in 3:20 (6.1 MB/s), into out` */
export function figuresLine(figures: RunFigures): string {
  const { bytes: received, seconds, output, resumed = 0 } = figures
  const ms = seconds === undefined ? undefined : seconds * 1000
  const pace = ms === undefined || ms < 1000 || received === 0 ? '' : ` (${bytes((received / ms) * 1000)}/s)`
  const before = resumed === 0 ? '' : `; ${grouped(resumed)} done before`
  const time = ms === undefined ? '' : ` in ${duration(ms)}${pace}`
  const { ok, unchanged, skipped, notFound, failed, invalid, total } = figures
  const done = ok + unchanged + skipped + notFound + failed + invalid
  const part = total === undefined ? '' : `${grouped(done)} of ${grouped(total)}: `
  return `${part}${countsText(figures)}; ${bytes(received)}${time}, into ${plainLine(output)}${before}`
}

type Counts = Pick<RunFigures, 'ok' | 'unchanged' | 'skipped' | 'notFound' | 'failed' | 'invalid'>

function countsText({ ok, unchanged = 0, skipped = 0, notFound = 0, failed = 0, invalid = 0 }: Partial<Counts>): string {
  const parts = Object.entries({ ok: ok ?? 0, unchanged, skipped, 'not found': notFound, failed, invalid })
    .filter(([name, n]) => n > 0 || (name === 'ok' && ok !== undefined))
    .map(([name, n]) => `${grouped(n)} ${name}`)
  return parts.join(', ')
}

function failureParagraphs(figures: RunFigures, options: RunSummaryOptions): string[][] {
  const { notFound, failed, invalid, failures } = figures
  const bad = notFound + failed + invalid
  if (bad === 0) return []
  const { columns = 80, explain, failures: first = [] } = options
  const codes = failures.byCode.map(([code, n]) => [code, n, advice(explain(code))] as const)
  const hosts = failures.byHost.map(([host, n]) => [host, n, ''] as const)
  // A handful is shown line by line, which says more than any table.
  if (first.length >= bad) {
    const known = codes.filter(([, , text]) => text !== '').map(([code, , text]) => `${code}: ${text}`)
    return [
      ['Failed:', ...first.flatMap((outcome) => indented(failureLine(outcome), columns))],
      ...(known.length === 0 ? [] : [['What to do:', ...known.flatMap((line) => indented(line, columns))]]),
    ]
  }
  const all = countsText({ notFound, failed, invalid })
  return [
    table(`${all}; by code:`, codes, bad, columns, options.ascii),
    ...(hosts.length > 0 ? [table(`${all}; by host:`, hosts, bad, columns, options.ascii)] : []),
  ]
}

const indented = (line: string, columns: number): string[] =>
  wrapColumns(line, columns - 4).map((part, i) => (i === 0 ? '  ' : '    ') + part)

const advice = (explained: { readonly what: string; readonly todo: string } | undefined): string =>
  explained === undefined ? '' : `${explained.what}: ${explained.todo}`

function table(
  title: string,
  rows: readonly (readonly [name: string, count: number, note: string])[],
  total: number,
  columns: number,
  ascii = false,
): string[] {
  const shown = rows.slice(0, ROWS)
  const names = Math.min(28, Math.max(...shown.map(([name]) => columnWidth(name))))
  const sum = (some: typeof rows): number => some.reduce((before, [, n]) => before + n, 0)
  const rest = total - sum(shown)
  const numbers = Math.max(...[...shown.map(([, n]) => n), rest].map((n) => grouped(n).length))
  // Of hosts only the first twenty are known by name.
  const others = rest === sum(rows) - sum(shown) ? `${grouped(rows.length - ROWS)} others` : 'others'
  const lines = shown.flatMap(([name, n, note]) => {
    const row = `  ${grouped(n).padStart(numbers)}  ${plainLine(name).padEnd(note === '' ? 0 : names)}`
    if (note === '') return [row]
    const [before, indent] = columns - row.length < NARROW ? ['', 6 + numbers] : [`${row}  `, row.length + 2]
    const [first = '', ...more] = wrapColumns(plainLine(note), columns - indent)
    const blank = ' '.repeat(indent)
    return [...(before === '' ? [row.trimEnd(), blank + first] : [before + first]), ...more.map((line) => blank + line)]
  })
  if (rest > 0) lines.push(`  ${grouped(rest).padStart(numbers)}  of ${others}`)
  return [title, ...lines.map((line) => cut(line, columns, ascii ? '...' : '…'))]
}
