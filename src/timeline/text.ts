import { columnWidth, cut, type Noun, pad, seconds } from '../report/index.js'
import { plainLine } from '../text/index.js'
import { timeAxis, type Axis } from './axis.js'
import { describeRun, fasterText } from './describe-run.js'
import { DOWNLOADS } from './layout.js'
import { byRow, checkRuns, phases, rowsOf, type TimelineBar, type TimelineRun } from './timeline.js'

/** What the caller may choose about a timeline in text. */
export interface TimelineTextOptions {
  /** Width of the terminal. Default 80; nothing is wider. */
  readonly columns?: number
  /** Lines per run, at most; several rows share a line where they do not all fit. Default 5. */
  readonly lines?: number
  /** Plain ASCII only, for a locale that is not UTF-8. Default false. */
  readonly ascii?: boolean
  /** Colours by escape sequences, for a terminal. Default false. */
  readonly color?: boolean
  /** What one call is called. Default `download`, `downloads`. */
  readonly noun?: Noun
}

/** What a cell shows, the weakest first: where several share a cell, the strongest is seen. */
const KINDS = ['nothing', 'ready', 'waiting', 'server', 'connecting', 'body', 'not-found', 'error'] as const
type Kind = (typeof KINDS)[number]

const UNICODE: Readonly<Record<Kind, string>> = {
  nothing: ' ',
  ready: '/',
  waiting: '·',
  connecting: '-',
  server: '▒',
  body: '█',
  'not-found': 'o',
  error: 'x',
}
const ASCII: Readonly<Record<Kind, string>> = { ...UNICODE, waiting: '.', server: '=', body: '#' }

/** Parameters of the escape sequence that colours a kind of cell; tones that are seen on dark and on light. */
const COLORS: Readonly<Partial<Record<Kind | 'name' | 'quiet', string>>> = {
  ready: '2',
  waiting: '2',
  connecting: '34',
  server: '34',
  body: '1;34',
  'not-found': '33',
  error: '31',
  name: '1',
  quiet: '2',
}

/** What the marks mean; the key has those that were drawn. */
const KEY: readonly (readonly [Kind, string])[] = [
  ['waiting', 'waiting its turn'],
  ['ready', 'workers start'],
  ['connecting', 'connecting'],
  ['server', 'the server is asked'],
  ['body', 'it arrives'],
  ['not-found', 'not found'],
  ['error', 'error'],
]

/** Room for the total behind the longest bar: ` 15.81 s`. */
const TOTAL = 9

/**
 * The timeline for a terminal: the runs one under the other on one time axis, with the total at the end of each.
 * @throws TypeError when there is no run, or a time is not a finite number.
 */
export function timelineText(runs: readonly TimelineRun[], options: TimelineTextOptions = {}): string {
  checkRuns(runs)
  const { columns = 80, lines: most = 5, ascii = false, color = false, noun = DOWNLOADS } = options
  const marks = ascii ? ASCII : UNICODE
  const plain = (text: string): string => (ascii ? plainLine(text).replace(/[^ -~]/g, '?') : plainLine(text))
  const dots = ascii ? '..' : '…'
  const rows = rowsOf(runs)
  const groups = share(rows.length, Math.max(1, most))
  const label = Math.min(Math.floor(columns / 4), Math.max(...groups.map((group) => columnWidth(groupLabel(group)))))
  const width = Math.max(8, columns - 2 - label - 1 - TOTAL)
  const longest = Math.max(...runs.map((run) => Math.max(run.elapsed, ...run.bars.map((bar) => bar.end))))
  const axis = timeAxis(longest, width / 10)
  const cellsDrawn = new Set<Kind>()
  return [...runs.flatMap(runLines), axisLine(), '', ...keyLines()].map((line) => `${line.trimEnd()}\n`).join('')

  function runLines(run: TimelineRun): string[] {
    const name = cut(plain(run.name), columns, dots)
    const words = run.failure === undefined ? describeRun(run, noun) : `failed: ${run.failure}`
    const rest = cut(plain(words), Math.max(0, columns - columnWidth(name) - 2), dots)
    const heading = `${paint('name', name)}  ${paint(run.failure === undefined ? 'quiet' : 'error', rest)}`
    if (run.bars.length === 0) return [heading, '']
    const bars = byRow(run, rows)
    return [heading, ...groups.map((group, i) => groupLine(run, group, bars, i === groups.length - 1)), '']
  }

  function groupLine(run: TimelineRun, group: Group, bars: ReadonlyMap<number, TimelineBar>, last: boolean): string {
    const cells = Array.from({ length: width }, (): Kind => 'nothing')
    for (let row = group.from; row < group.to; row += 1) {
      const bar = bars.get(row)
      if (bar !== undefined) drawBar(cells, bar, run, axis)
    }
    for (const kind of cells) cellsDrawn.add(kind)
    const used = cells.findLastIndex((kind) => kind !== 'nothing') + 1
    const chart = runsOfSame(cells.slice(0, used)).map(([kind, length]) => paint(kind, marks[kind].repeat(length)))
    const head = `  ${pad(cut(groupLabel(group), label, dots), label, 'right')} ${chart.join('')}`
    if (!last || run.failure !== undefined) return head
    const total = ` ${seconds(run.elapsed)} s`
    const faster = run.faster === undefined ? '' : `  ${fasterText(run, ascii ? 'x' : '×')}`
    const room = columns - 3 - label - used - total.length
    return head + paint('name', total) + (faster.length <= room ? paint('quiet', faster) : '')
  }

  function groupLabel({ from, to }: Group): string {
    const labels = rows.slice(from, to).map((row) => plain(row.split('\n')[0] ?? ''))
    const all = labels.join(' ')
    return labels.length === 1 || columnWidth(all) <= 12 ? all : `${labels[0]}${dots}${labels.at(-1)}`
  }

  function axisLine(): string {
    let line = ' '.repeat(3 + label)
    for (const { at, label: text } of axis.ticks) {
      const from = 3 + label + Math.round((at / axis.max) * width)
      if (from + text.length <= columns) line = pad(line, from, 'right') + text
    }
    return paint('quiet', line)
  }

  function keyLines(): string[] {
    const entries = KEY.filter(([kind]) => cellsDrawn.has(kind))
    const lines: string[] = ['']
    let free = columns - 1
    for (const [kind, words] of entries) {
      const wide = 2 + 2 + words.length
      if (wide > free && lines.at(-1) !== '') {
        lines.push('')
        free = columns - 1
      }
      lines[lines.length - 1] += `  ${paint(kind, marks[kind])} ${paint('quiet', words)}`
      free -= wide
    }
    return lines
  }

  function paint(as: Kind | 'name' | 'quiet', text: string): string {
    const code = COLORS[as]
    return color && code !== undefined && text !== '' ? `\u001B[${code}m${text}\u001B[0m` : text
  }
}

/** Rows that share a line. */
interface Group {
  readonly from: number
  readonly to: number
}

function share(rows: number, most: number): Group[] {
  const lines = Math.max(1, Math.min(rows, most))
  return Array.from({ length: lines }, (_, i) => ({
    from: Math.floor((i * rows) / lines),
    to: Math.floor(((i + 1) * rows) / lines),
  }))
}

function drawBar(cells: Kind[], bar: TimelineBar, run: TimelineRun, axis: Axis): void {
  const { started, connected, answered, ended } = phases(bar)
  const at = (ms: number): number => (ms / axis.max) * cells.length
  const ready = Math.min(Math.round(at(run.ready ?? 0)), Math.floor(at(started)))
  const end = Math.min(cells.length, Math.max(1, Math.ceil(at(ended) - 1e-9)))
  const start = Math.min(end - 1, Math.floor(at(started)))
  fill(0, ready, 'ready')
  fill(ready, start, 'waiting')
  fill(start, end, 'server')
  if (connected > started) fill(start, Math.floor(at(connected)), 'connecting')
  // What came of it takes one cell at least: it is what matters, however quick it was.
  if (bar.status === 'ok') fill(at(ended) - at(answered) < 1 ? end - 1 : Math.floor(at(answered)), end, 'body')
  else fill(end - 1, end, bar.status)

  function fill(from: number, to: number, kind: Kind): void {
    for (let i = Math.max(0, from); i < to; i += 1) {
      if (KINDS.indexOf(kind) > KINDS.indexOf(cells[i] ?? 'nothing')) cells[i] = kind
    }
  }
}

function runsOfSame<T>(items: readonly T[]): [T, number][] {
  const result: [T, number][] = []
  for (const item of items) {
    const last = result.at(-1)
    if (last !== undefined && last[0] === item) last[1] += 1
    else result.push([item, 1])
  }
  return result
}
