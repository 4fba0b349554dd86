import { type Noun, ratio, seconds } from '../report/index.js'
import { pixelWidth, wrapPixels } from './pixel-width.js'
import { timeAxis, type Axis } from './axis.js'
import { finding } from './finding.js'
import { panelLayout, totalWidth, type PanelLayout, type PlacedText } from './panel-layout.js'
import { checkRuns, counts, phases, rowsOf, type BarStatus, type TimelineRun } from './timeline.js'

/** What the caller may choose about a timeline. */
export interface TimelineOptions {
  /** Width in pixels; the height follows. Default 1000. */
  readonly width?: number
  /** What one call is called. Default `download`, `downloads`. */
  readonly noun?: Noun
  /** Leaves out the title and the sentence under it, for a page that has them already. Default false. */
  readonly bare?: boolean
}

/** One entry of the key: a sample of a mark and what it stands for. */
export interface KeyEntry {
  readonly mark: 'waiting' | 'connecting' | 'server' | 'body' | 'ready' | BarStatus
  readonly x: number
  readonly y: number
  readonly width: number
  readonly text: PlacedText
}

/** The whole picture, placed. */
export interface TimelineLayout {
  readonly width: number
  readonly height: number
  readonly title: string
  readonly reason: string
  readonly texts: readonly PlacedText[]
  readonly key: readonly KeyEntry[]
  /** Every run on one axis, one under the other. */
  readonly panels: readonly PanelLayout[]
  /** The short runs once more, side by side on a finer axis; empty if no run is short enough to need it. */
  readonly magnified: readonly PanelLayout[]
}

/** Used where the caller does not say what the calls are. */
export const DOWNLOADS: Noun = { one: 'download', many: 'downloads' }

const MARGIN = 16
const KEY_SIZE = 12
const PANEL_GAP = 20
/** Rows lower than this are not labelled one by one. */
const LEAST_LABELLED = 8
/** A run shorter than this share of the axis is hardly more than a line there. */
const SHORT = 0.25

/**
 * Places the whole picture. One row per call, the same row in every panel; one time axis for all panels. So a job done one call at a
 * time is a staircase, a job done all at once is a wall, and how long the wait of the last one was is there to be seen.
 */
export function timelineLayout(runs: readonly TimelineRun[], options: TimelineOptions = {}): TimelineLayout {
  checkRuns(runs)
  const { width = 1000, noun = DOWNLOADS, bare = false } = options
  const rows = rowsOf(runs)
  const inner = width - 2 * MARGIN
  const found = finding(runs, noun)
  const texts: PlacedText[] = []
  let y = MARGIN

  if (!bare) {
    for (const text of wrapPixels(found.title, 22, inner, true)) put(text, 22, 'title', 28)
    y += 2
    for (const text of found.reason === '' ? [] : wrapPixels(found.reason, 14, inner)) put(text, 14, 'reason', 20)
    y += 10
  }
  const key = placeKey(runs, noun, y, inner)
  y = (key.at(-1)?.y ?? y) + 30

  const gutter = Math.max(...runs.map(totalWidth))
  const rowHeight = rowHeightFor(rows.length)
  const margin = rowHeight < LEAST_LABELLED ? Math.min(80, Math.max(...rows.map((row) => pixelWidth(row, 9)))) + 6 : 0
  const plotWidth = inner - gutter - margin
  const axis = timeAxis(longest(runs), plotWidth / 60)
  const frame = { margin, rowHeight, rows, noun }
  const panels = runs.map((run, i) => {
    const panel = panelLayout(run, { ...frame, x: MARGIN, y, width: plotWidth, gutter, axis })
    y += panel.height
    // The first panel is the long one, and too far from the foot of the picture to be read against an axis there.
    if (i === 0 || i === runs.length - 1) texts.push(...ticks(axis, MARGIN + margin, plotWidth, (y += 16)))
    y += PANEL_GAP
    return panel
  })
  y -= PANEL_GAP

  const short = runs.filter((run) => run.failure === undefined && run.bars.length > 0 && run.elapsed < SHORT * axis.max)
  const magnified: PanelLayout[] = []
  if (short.length > 0) {
    y += 36
    const finerAxis = timeAxis(longest(short), 4)
    const columns = Math.max(1, Math.min(short.length, Math.floor(inner / 300)))
    const share = (inner - (columns - 1) * PANEL_GAP) / columns
    const room = Math.max(...short.map((run) => totalWidth(withoutFaster(run))))
    const finerWidth = share - margin - room
    const enlarged = (finerWidth / finerAxis.max) * (axis.max / plotWidth)
    const words = `The first ${seconds(finerAxis.max)} s again, enlarged ${ratio(enlarged)} times`
    for (const text of wrapPixels(words, 15, inner, true)) put(text, 15, 'name', 20)
    y += 8
    let lowest = y
    short.forEach((run, i) => {
      if (i % columns === 0) y = lowest + (i === 0 ? 0 : PANEL_GAP)
      const x = MARGIN + (i % columns) * (share + PANEL_GAP)
      const panel = panelLayout(withoutFaster(run), {
        ...frame,
        x,
        y,
        width: finerWidth,
        gutter: room,
        axis: finerAxis,
        brief: true,
      })
      const foot = panel.y + panel.height + 16
      magnified.push({ ...panel, texts: [...panel.texts, ...ticks(finerAxis, x + margin, finerWidth, foot)] })
      lowest = Math.max(lowest, foot)
    })
    y = lowest
  }
  return { width, height: Math.ceil(y + MARGIN), title: found.title, reason: found.reason, texts, key, panels, magnified }

  function put(text: string, size: number, role: PlacedText['role'], line: number): void {
    y += line
    texts.push({ text, x: MARGIN, y: y - line + size, size, anchor: 'start', role })
  }
}

function withoutFaster(run: TimelineRun): TimelineRun {
  const { faster: _, ...rest } = run
  return rest
}

function longest(runs: readonly TimelineRun[]): number {
  return Math.max(...runs.map((run) => Math.max(run.elapsed, ...run.bars.map((bar) => bar.end))))
}

/** High enough for a label where there are few rows; a long list becomes a surface, whose outline still is the staircase. */
function rowHeightFor(rows: number): number {
  return Math.min(14, Math.max(220 / rows, Math.min(1.6, 320 / rows)))
}

function ticks(axis: Axis, x: number, width: number, y: number): PlacedText[] {
  return axis.ticks.map(({ at, label }, i) => ({
    text: label,
    x: x + (at / axis.max) * width,
    y,
    size: 12,
    anchor: i === 0 ? 'start' : 'middle',
    role: 'tick',
  }))
}

function placeKey(runs: readonly TimelineRun[], noun: Noun, top: number, width: number): KeyEntry[] {
  const all = runs.map(counts)
  const connects = runs.some(({ bars }) =>
    bars.map(phases).some(({ started, connected }) => connected - started > longest(runs) / 600),
  )
  const entries: [KeyEntry['mark'], string][] = [
    ['waiting', `each row is one ${noun.one}, waiting its turn`],
    ...(connects ? [['connecting', 'connecting'] satisfies [KeyEntry['mark'], string]] : []),
    ['server', 'the server is asked'],
    ['body', 'it arrives'],
  ]
  if (runs.some((run) => (run.ready ?? 0) > 0)) entries.push(['ready', 'workers start'])
  if (all.some((count) => count['not-found'] > 0)) entries.push(['not-found', 'not found'])
  if (all.some((count) => count.error > 0)) entries.push(['error', 'error'])
  let x = MARGIN
  let y = top + 6
  return entries.map(([mark, words]): KeyEntry => {
    const sample = mark === 'body' ? 6 : 26
    const wide = sample + 6 + pixelWidth(words, KEY_SIZE)
    if (x > MARGIN && x + wide > MARGIN + width) {
      x = MARGIN
      y += 20
    }
    const text: PlacedText = { text: words, x: x + sample + 6, y: y + 4, size: KEY_SIZE, anchor: 'start', role: 'legend' }
    const entry = { mark, x, y, width: sample, text }
    x += wide + 20
    return entry
  })
}
