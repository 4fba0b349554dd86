import type { Header } from '../header.js'
import { fault, type FaultFamily } from './fault.js'
import { choice } from './value.js'

const RANGES = [
  'honour',
  'ignore',
  'refuse',
  'refuse-bare',
  'refuse-as-whole',
  'wrong-start',
  'wrong-total',
  'wrong-bytes',
  'no-content-range',
  'garbage',
  'short',
] as const

export interface RangeFaults {
  /** What becomes of a Range. */
  range: (typeof RANGES)[number]
  /** What becomes of If-Range. */
  ifRange: 'honour' | 'ignore'
}

export const rangeFaults: FaultFamily<RangeFaults> = {
  range: fault('range', choice(...RANGES), {
    role: 'content',
    doc:
      'What becomes of a request for one range: `honour` it (default); `ignore` it (200, everything); `refuse` it (416), `refuse-bare` without ' +
      'Content-Range, `refuse-as-whole` with one that says that the file ends where the range begins; or 206 with a Content-Range ' +
      'whose start or total is one too high, with other bytes than it says, without it, with garbage in it, or with only half of what was asked.',
    example: 'range=wrong-start',
  }),
  ifRange: fault('ifRange', choice('honour', 'ignore'), {
    role: 'content',
    doc: 'Sends everything if If-Range names another version (default), or sends the range of the new version as if it were the old one.',
    example: 'if-range=ignore&version=2',
  }),
}

/** A part of a body: from `start` up to, not including, `end`. */
interface Section {
  readonly start: number
  readonly end: number
}

/** What becomes of a request for a range. */
export type RangeAnswer =
  | { readonly status: 206; readonly section: Section; readonly headers: readonly Header[] }
  | { readonly status: 416; readonly headers: readonly Header[] }

/** Decides about a Range header; undefined if everything is to be sent. */
export function rangeAnswer(
  range: string | undefined,
  size: number,
  defect: RangeFaults['range'] = 'honour',
): RangeAnswer | undefined {
  const asked = range === undefined || defect === 'ignore' ? undefined : askedSection(range, size)
  if (asked === undefined) return undefined
  if (asked === 'unsatisfiable' || defect === 'refuse') return refused(size)
  if (defect === 'refuse-bare') return { status: 416, headers: [] }
  if (defect === 'refuse-as-whole') return refused(asked.start)
  const section = defect === 'short' ? { ...asked, end: asked.start + Math.ceil((asked.end - asked.start) / 2) } : asked
  return {
    status: 206,
    section: defect === 'wrong-bytes' ? moved(section, size) : section,
    headers: contentRange(section, size, defect),
  }
}

/** @param total what the server says that the file has, in bytes */
function refused(total: number): RangeAnswer {
  return { status: 416, headers: [['Content-Range', `bytes */${total}`]] }
}

function contentRange({ start, end }: Section, size: number, defect: RangeFaults['range']): readonly Header[] {
  if (defect === 'no-content-range') return []
  if (defect === 'garbage') return [['Content-Range', 'bytes here-there/everywhere']]
  const from = defect === 'wrong-start' ? start + 1 : start
  const total = defect === 'wrong-total' ? size + 1 : size
  return [['Content-Range', `bytes ${from}-${end - 1}/${total}`]]
}

/** A section of the same length elsewhere; the same one only if it is the whole. */
function moved({ start, end }: Section, size: number): Section {
  if (start > 0) return { start: start - 1, end: end - 1 }
  return end < size ? { start: 1, end: end + 1 } : { start, end }
}

/** Reads `bytes=0-99`, `bytes=100-` and `bytes=-100`. Anything else, several ranges included, may be ignored by a server; this one does. */
function askedSection(range: string, size: number): Section | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range) ?? []
  if (first === '' && last === '') return undefined
  if (first === '') return last === '0' || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - Number(last)), end: size }
  if (last !== '' && Number(last) < Number(first)) return undefined
  if (Number(first) >= size) return 'unsatisfiable'
  return { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) }
}
