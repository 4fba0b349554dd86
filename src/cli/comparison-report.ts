/** A comparison as tables and pictures take it, and what `halyard compare` says of it in the end. */
import type { Comparison, StyleRun } from '../compare/index.js'
import { bytes, count, type Noun, wrapColumns } from '../report/index.js'
import { comparisonTable, finding, timelineText } from '../timeline/index.js'
import type { ComparisonRow, TimelineRun } from '../timeline/index.js'
import type { Terminal } from './terminal.js'

export const FLAGS: Noun = { one: 'flag', many: 'flags' }

/** What the columns of the table mean, one line each. */
export function notes(runs: readonly StyleRun[]): string[] {
  return [
    'seconds: from before the executor was made until after it was shut down',
    'of ideal: the least time so many at once could take, divided by the time taken',
    ...(runs.some(({ ready, failure }) => ready !== undefined && failure === undefined)
      ? ['start-up: until the first thread or process began its first call']
      : []),
  ]
}

/** The runs as a timeline takes them. */
export function timelineRuns(runs: readonly StyleRun[]): TimelineRun[] {
  return runs.map((run) => timelineRun(run, carrierNames(run)))
}

function timelineRun(run: StyleRun, carrierOf: ReadonlyMap<string, string>): TimelineRun {
  const { style, concurrency, elapsed, ready, faster, failure, downloads } = run
  return {
    name: style,
    how: howItRan(run),
    concurrency,
    elapsed,
    ...(ready === undefined ? {} : { ready }),
    // The run that the others are compared with is not called faster than itself.
    ...(faster === undefined || style === 'sequential' ? {} : { faster }),
    ...(failure === undefined ? {} : { failure }),
    bars: downloads.map(({ cc, thread, ...download }) => {
      const carrier = carrierOf.get(thread)
      return { label: cc, ...download, ...(carrier === undefined ? {} : { carrier }) }
    }),
  }
}

/** Short names of the threads or processes, where there are several, in the order they began: t1, t2. */
function carrierNames({ style, downloads }: StyleRun): ReadonlyMap<string, string> {
  const threads = new Set(downloads.toSorted((a, b) => a.start - b.start).map(({ thread }) => thread))
  if (threads.size < 2) return new Map()
  const letter = style === 'processes' ? 'p' : 't'
  return new Map([...threads].map((thread, i) => [thread, `${letter}${i + 1}`]))
}

function howItRan({ style, concurrency, carriers }: StyleRun): string {
  if (style === 'sequential') return 'one at a time'
  const where = {
    async: 'on one event loop',
    threads: `on ${count(carriers, { one: 'thread', many: 'threads' })}`,
    processes: `in ${count(carriers, { one: 'process', many: 'processes' })}`,
  }[style]
  return carriers === 0 ? `${concurrency} at once` : `${concurrency} at once ${where}`
}

/** The runs as the table takes them. */
export function tableRows(runs: readonly StyleRun[]): ComparisonRow[] {
  return runs.map(({ style, concurrency, elapsed, ready, faster, ofIdeal, failure }) => ({
    style,
    concurrency,
    elapsed,
    ...(ready === undefined ? {} : { ready }),
    ...(faster === undefined ? {} : { faster }),
    ...(ofIdeal === undefined ? {} : { ofIdeal }),
    ...(failure === undefined ? {} : { failure }),
  }))
}

/** The result in text: finding, table, timeline. */
export function resultText({ runs }: Comparison, { columns, ascii, color }: Terminal): string {
  const timeline = timelineRuns(runs)
  const { title, reason } = finding(timeline, FLAGS)
  const bold = (text: string): string => (color ? `\u001B[1m${text}\u001B[0m` : text)
  const paragraphs = [
    [...wrapColumns(title, columns).map(bold), ...wrapColumns(reason, columns)],
    [comparisonTable(tableRows(runs), { columns, ascii }).trimEnd()],
    notes(runs).flatMap((note) => wrapColumns(note, columns)),
    [timelineText(timeline, { columns, ascii, color, noun: FLAGS }).trimEnd()],
  ]
  return paragraphs.map((lines) => `${lines.filter((line) => line !== '').join('\n')}\n`).join('\n')
}

/** What is on the disk now, and where the pictures are. Paths as they are to be shown. */
export function filesText(
  { runs, files }: Comparison,
  folders: readonly string[],
  pictures: readonly string[],
  columns: number,
): string {
  const { same, differing, missing } = files
  const lines = [`${count(files.count, { one: 'file', many: 'files' })}, ${bytes(files.bytes)}, in ${folders.join(' ')}`]
  if (differing.length > 0) lines.push(`DIFFERENT between styles: ${differing.join(' ')}`)
  if (missing.length > 0) lines.push(`NOT THERE although written: ${missing.join(' ')}`)
  if (same.length > 0) {
    const all = runs.every(({ failure, downloads }) => failure === undefined && downloads.every(({ cc }) => same.includes(cc)))
    lines.push(
      all
        ? `Every flag is the same, byte for byte, in all ${runs.length} styles.`
        : `${count(same.length, FLAGS)} the same, byte for byte, in every style that got ${same.length === 1 ? 'it' : 'them'}.`,
    )
  }
  lines.push(...pictures.map((path) => `Picture: ${path}`))
  return `${lines.flatMap((line) => wrapColumns(line, columns)).join('\n')}\n`
}

/** Why flags failed: one line per style and reason. */
export function failuresText(runs: readonly StyleRun[], columns: number): string {
  const lines = runs.flatMap(({ style, downloads }) => {
    const byNote = new Map<string, string[]>()
    for (const { cc, status, note = 'error' } of downloads) {
      if (status === 'error') byNote.set(note, [...(byNote.get(note) ?? []), cc])
    }
    return [...byNote].map(([note, codes]) => `${style}: ${note}: ${codes.join(' ')}`)
  })
  return lines.map((line) => `${wrapColumns(line, columns).join('\n')}\n`).join('')
}
