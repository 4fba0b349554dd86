/** A view of a run as lines for a terminal, no more and no wider than fit: the whole of it first, then what takes longest. */
import { plainLine } from '../text/index.js'
import { bytes, decimal, duration, grouped } from './format.js'
import type { RunView, Transfer } from './run-progress.js'
import { columnWidth, cut, cutMiddle, pad } from './text-width.js'

/** What the terminal can show. */
export interface ProgressRoom {
  readonly columns: number
  readonly rows: number
  /** Nothing but ASCII. */
  readonly ascii: boolean
}

/** Transfers shown one by one. */
const SHOWN = 5
/** ms. A transfer that is over sooner would only flicker. */
const SLOW = 1_000

/**
 * At most `rows - 1` lines of at most `columns - 1` columns: a terminal scrolls when its last cell is written.
 *
 * @param now - ms, on the clock the view was taken by
 */
export function progressLines(view: RunView, now: number, { columns, rows, ascii }: ProgressRoom): string[] {
  const wide = Math.max(1, columns - 1)
  const mark = ascii ? '...' : '…'
  const slow = view.inFlight.filter(({ begin }) => now - begin >= SLOW).slice(0, SHOWN)
  const lines = [headLine(view, wide, ascii), paceLine(view, wide), ...troubleLines(view, now, wide)]
  lines.push(...slow.map((transfer) => transferLine(transfer, now, wide, mark)))
  return lines.slice(0, Math.max(1, rows - 1)).map((line) => cut(ascii ? onlyAscii(line) : line, wide, mark))
}

/** Joins as many of the parts as fit; those at the end go first. */
export function fitting(parts: readonly string[], columns: number, separator = '  '): string {
  let line = ''
  for (const part of parts.filter((one) => one !== '')) {
    const longer = line === '' ? part : line + separator + part
    if (line !== '' && columnWidth(longer) > columns) break
    line = longer
  }
  return line
}

/** A character that a locale without Unicode cannot show becomes `?`. */
export function onlyAscii(text: string): string {
  return text.replace(/[^\x20-\x7E]/gu, '?')
}

function headLine(view: RunView, columns: number, ascii: boolean): string {
  const { done, total, failed } = view
  if (total === undefined) return fitting([`${grouped(done)} done`, failedPart(failed)], columns)
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const parts = [`${String(Math.floor(share * 100)).padStart(3)} %`, `${grouped(done)} of ${grouped(total)}`, failedPart(failed)]
  const text = fitting(parts, columns)
  const room = Math.min(30, columns - columnWidth(text) - 2)
  return room < 8 ? text : fitting([parts[0]!, bar(share, room, ascii), ...parts.slice(1)], columns)
}

const failedPart = (failed: number): string => (failed === 0 ? '' : `${grouped(failed)} failed`)

function bar(share: number, columns: number, ascii: boolean): string {
  const full = Math.floor(share * columns)
  return (ascii ? '#' : '█').repeat(full) + (ascii ? '.' : '░').repeat(columns - full)
}

function paceLine({ bytes: received, bytesPerSecond, linesPerSecond, elapsed, left }: RunView, columns: number): string {
  return fitting(
    [
      `${bytes(bytesPerSecond)}/s`,
      left === undefined ? duration(elapsed) : `${duration(left)} left`,
      `${linesPerSecond < 9.95 ? decimal(linesPerSecond, 1) : grouped(Math.round(linesPerSecond))} lines/s`,
      bytes(received),
      left === undefined ? '' : `${duration(elapsed)} so far`,
    ],
    columns,
  )
}

/** What is not asked at the moment, and why the run may seem to stand still. */
function troubleLines({ waiting, hosts }: RunView, now: number, columns: number): string[] {
  const cooling = hosts.filter(({ state, until }) => state === 'cooling' && (until === undefined || until > now))
  const down = hosts.filter(({ state }) => state === 'down')
  const line = fitting(
    [
      waiting === 0 ? '' : `${grouped(waiting)} to be tried again`,
      hostsPart(cooling, 'asked us to wait', now),
      hostsPart(down, 'down', now),
    ],
    columns,
  )
  return line === '' ? [] : [line]
}

function hostsPart(hosts: RunView['hosts'], what: string, now: number): string {
  const [first, ...more] = hosts
  if (first === undefined) return ''
  if (more.length > 0) return `${hosts.length} hosts ${what}`
  const rest = first.until === undefined ? '' : ` (${duration(first.until - now)})`
  return `${shortUrl(first.host)} ${what}${rest}`
}

function transferLine(
  { url, attempt, begin, bytes: received, total }: Transfer,
  now: number,
  columns: number,
  mark: string,
): string {
  const head = pad(duration(now - begin), 6, 'left')
  const size = total === undefined ? bytes(received) : `${bytes(received)} of ${bytes(total)}`
  const tail = [size, attempt > 1 ? `attempt ${attempt}` : ''].filter((part) => part !== '').join(', ')
  const room = columns - columnWidth(head) - columnWidth(tail) - 4
  if (room < 12) return fitting([head, cutMiddle(shortUrl(url), Math.max(1, columns - columnWidth(head) - 2), mark)], columns)
  return `${head}  ${pad(cutMiddle(shortUrl(url), room, mark), room, 'right')}  ${tail}`
}

/** The scheme says nothing that the list does not say. */
const shortUrl = (url: string): string => plainLine(url).replace(/^https?:\/\//i, '')
