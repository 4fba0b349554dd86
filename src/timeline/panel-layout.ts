import { type Noun, seconds } from '../report/index.js'
import { pixelWidth, wrapPixels } from './pixel-width.js'
import type { Axis } from './axis.js'
import { describeRun, fasterText, startUp } from './describe-run.js'
import { byRow, phases, type BarStatus, type TimelineBar, type TimelineRun } from './timeline.js'

/** A piece of text at a place: `x` is its left or right end, `y` its baseline. */
export interface PlacedText {
  readonly text: string
  readonly x: number
  readonly y: number
  readonly size: number
  readonly anchor: 'start' | 'end' | 'middle'
  readonly role:
    | 'title'
    | 'reason'
    | 'name'
    | 'how'
    | 'failure'
    | 'total'
    | 'faster'
    | 'code'
    | 'code-on-error'
    | 'code-beside'
    | 'row'
    | 'tick'
    | 'legend'
}

/** One call as a row of the picture; every `x` in pixels. */
export interface PlacedBar {
  readonly bar: TimelineBar
  readonly row: number
  readonly status: BarStatus
  readonly y: number
  readonly height: number
  /** From when there were workers. */
  readonly waiting: readonly [from: number, to: number]
  readonly connecting: readonly [from: number, to: number]
  readonly server: readonly [from: number, to: number]
  readonly body: readonly [from: number, to: number]
}

/** One run, placed. */
export interface PanelLayout {
  readonly run: TimelineRun
  readonly x: number
  readonly y: number
  readonly height: number
  /** The rows: where bars and grid lines stand. */
  readonly plot: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  readonly rowHeight: number
  /** Right end of the worker start-up band, if it took time; it begins at the plot's left edge. */
  readonly ready?: number
  /** Where the run ended. */
  readonly end: number
  readonly grid: readonly number[]
  readonly bars: readonly PlacedBar[]
  readonly texts: readonly PlacedText[]
}

/** What a panel is to be fitted into. */
export interface PanelFrame {
  readonly x: number
  readonly y: number
  /** Width of the time axis; totals stand right of it, in `gutter`. */
  readonly width: number
  /** Free width left of the axis, for labels of rows that are too low to be labelled one by one; 0 if all are high enough. */
  readonly margin: number
  /** Free width right of the axis, for the total. */
  readonly gutter: number
  readonly rowHeight: number
  readonly axis: Axis
  /** The rows of the picture, see `rowsOf`. */
  readonly rows: readonly string[]
  readonly noun: Noun
  /** Leaves out of the heading what was already said elsewhere. */
  readonly brief?: boolean
}

const NAME_SIZE = 15
const TEXT_SIZE = 12.5
const TOTAL_SIZE = 19
/** A body that took no time to speak of is still drawn this wide, or a fifth of its bar, or nobody would see that it came. */
const LEAST_BODY = 2
/** Between labels at the side of rows that are too low to be labelled one by one. */
const LABEL_DISTANCE = 18
/** Labels are capitals: without descenders they fit rows hardly higher than the letters. */
const CAPITAL = 0.72

/** Places one run. Pure geometry: nothing in here knows how it will be drawn. */
export function panelLayout(run: TimelineRun, frame: PanelFrame): PanelLayout {
  const { y, width, axis, rowHeight } = frame
  const x = frame.x + frame.margin
  const at = (ms: number): number => x + (Math.min(Math.max(0, ms), axis.max) / axis.max) * width
  const heading = placeHeading(run, frame)
  const top = y + heading.height
  const height = run.bars.length === 0 ? 0 : frame.rows.length * rowHeight
  const gap = rowHeight >= 5 ? 1.5 : rowHeight >= 3 ? 0.6 : 0
  const bars = [...byRow(run, frame.rows)].map(([row, bar]): PlacedBar => {
    const { started, connected, answered, ended } = phases(bar)
    const end = Math.max(at(ended), at(started) + 1)
    const least = Math.min(LEAST_BODY, (end - at(started)) / 5)
    const arrived = bar.firstByte === undefined ? end : Math.min(at(answered), end - least)
    const asked = Math.min(at(connected), arrived)
    return {
      bar,
      row,
      status: bar.status,
      y: top + row * rowHeight + gap / 2,
      height: rowHeight - gap,
      // While the workers start there is nothing to wait for but them, and that has a mark of its own.
      waiting: [Math.min(at(run.ready ?? 0), at(started)), at(started)],
      connecting: [at(started), asked],
      server: [asked, arrived],
      body: [arrived, end],
    }
  })
  const end = at(run.elapsed)
  const codes = frame.margin > 0 ? placeSideLabels(bars, frame.x) : placeCodes(bars, rowHeight, x, end)
  return {
    run,
    x: frame.x,
    y,
    height: heading.height + height,
    plot: { x, y: top, width, height },
    rowHeight,
    ...(run.ready !== undefined && run.ready > 0 && height > 0 ? { ready: at(run.ready) } : {}),
    end,
    grid: axis.ticks.map((tick) => at(tick.at)),
    bars,
    texts: [
      ...heading.texts,
      ...codes,
      ...(run.failure === undefined && height > 0 ? placeTotal(run, end, top, height, codes) : []),
    ],
  }
}

function placeHeading(run: TimelineRun, frame: PanelFrame): { texts: PlacedText[]; height: number } {
  const room = frame.margin + frame.width + frame.gutter
  const name: PlacedText = { text: run.name, x: frame.x, y: frame.y + NAME_SIZE, size: NAME_SIZE, anchor: 'start', role: 'name' }
  const words =
    run.failure === undefined
      ? frame.brief === true
        ? startUp(run)
        : describeRun(withCarriers(run), frame.noun)
      : `failed: ${run.failure}`
  const role = run.failure === undefined ? 'how' : 'failure'
  const beside = frame.x + pixelWidth(run.name, NAME_SIZE, true) + 10
  const texts = [name]
  if (words === '') return { texts, height: 23 }
  if (beside + pixelWidth(words, TEXT_SIZE) <= frame.x + room) {
    return { texts: [...texts, { text: words, x: beside, y: name.y, size: TEXT_SIZE, anchor: 'start', role }], height: 23 }
  }
  const lines = wrapPixels(words, TEXT_SIZE, room)
  lines.forEach((text, i) => texts.push({ text, x: frame.x, y: name.y + (i + 1) * 16, size: TEXT_SIZE, anchor: 'start', role }))
  return { texts, height: 23 + lines.length * 16 }
}

/** Says what carried the calls, as their rows call it: `20 at once on 2 threads (t1, t2)`. */
function withCarriers(run: TimelineRun): TimelineRun {
  const names = [...new Set(run.bars.flatMap(({ carrier }) => carrier ?? []))].toSorted((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  if (names.length === 0) return run
  return { ...run, how: `${run.how ?? ''} (${names.length > 2 ? `${names[0]} … ${names.at(-1)}` : names.join(', ')})`.trim() }
}

/** A label on each bar it fits, with what carried it if that fits too; else beside it, where it neither stands on the line at the run's end nor leaves the panel. */
function placeCodes(bars: readonly PlacedBar[], rowHeight: number, left: number, end: number): PlacedText[] {
  const size = Math.min(10.5, rowHeight - 1)
  return bars.map((placed): PlacedText => {
    const { label: text, carrier } = placed.bar
    const wide = pixelWidth(text, size)
    const [from, to] = placed.status === 'ok' ? placed.server : [placed.connecting[0], placed.body[1]]
    const at = { text, y: placed.y + (placed.height + size * CAPITAL) / 2, size, anchor: 'start' } as const
    const fits = (words: string): boolean => to - from >= pixelWidth(words, size) + 5
    const within = [...(carrier === undefined ? [] : [`${text} ${carrier}`]), text].find(fits)
    if (within !== undefined)
      return { ...at, text: within, x: from + 4, role: placed.status === 'error' ? 'code-on-error' : 'code' }
    const x = placed.body[1] + 4
    if (x > end || x + wide < end - 2) return { ...at, x, role: 'code-beside' }
    return { ...at, x: placed.waiting[1] - wide - 8 >= left ? placed.waiting[1] - wide - 4 : end + 4, role: 'code-beside' }
  })
}

/** The labels of some rows in a column left of the axis, as many as there is room for. */
function placeSideLabels(bars: readonly PlacedBar[], x: number): PlacedText[] {
  const texts: PlacedText[] = []
  for (const { bar, y, height } of bars) {
    const baseline = y + height / 2 + (9 * CAPITAL) / 2
    if (baseline < (texts.at(-1)?.y ?? -Infinity) + LABEL_DISTANCE) continue
    texts.push({ text: bar.label, x, y: baseline, size: 9, anchor: 'start', role: 'row' })
  }
  return texts
}

/** Room that the total of a run needs right of its end. */
export function totalWidth(run: TimelineRun): number {
  return 12 + Math.max(pixelWidth(`${seconds(run.elapsed)} s`, TOTAL_SIZE, true), pixelWidth(fasterText(run), TEXT_SIZE))
}

/** The total right of the run's end, clear of every label. */
function placeTotal(run: TimelineRun, end: number, top: number, height: number, codes: readonly PlacedText[]): PlacedText[] {
  const tall = run.faster === undefined ? TOTAL_SIZE : TOTAL_SIZE + 16
  const y = top + Math.max(0, (height - tall) / 2)
  const right = codes
    .filter((code) => code.y > y - 4 && code.y - code.size < y + tall + 4)
    .map((code) => code.x + pixelWidth(code.text, code.size))
  const x = Math.max(end + 8, ...right.map((edge) => edge + 6))
  const total: PlacedText = {
    text: `${seconds(run.elapsed)} s`,
    x,
    y: y + TOTAL_SIZE * 0.8,
    size: TOTAL_SIZE,
    anchor: 'start',
    role: 'total',
  }
  if (run.faster === undefined) return [total]
  return [total, { ...total, text: fasterText(run), y: total.y + 16, size: TEXT_SIZE, role: 'faster' }]
}
