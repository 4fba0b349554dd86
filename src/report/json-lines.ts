/** Events as NDJSON, for programs: one JSON object a line. */
import type { RunEvent } from '../download/index.js'
import type { RunView } from './run-progress.js'

// What JSON leaves as it is and a terminal obeys, or shows in another order: DEL, C1 controls, bidi marks, line separators.
const UNSAFE = /[\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g

/** One line, line break included. It reads back as the same value, and moves no cursor. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}

/**
 * The line of an event, or undefined for those that would drown the others: `begin` and `progress` come many times for each file, and
 * `state` sums them up.
 */
export function eventLine(event: RunEvent): string | undefined {
  if (event.type === 'begin' || event.type === 'progress') return undefined
  return jsonLine(event.type === 'outcome' ? { type: 'outcome', ...event.outcome } : event)
}

/** The line of `state`, written every second. Times in ms, whole. */
export function stateLine(view: RunView): string {
  const { done, total, resumed, failed, bytes, bytesPerSecond, elapsed, left, inFlight, waiting } = view
  return jsonLine({
    type: 'state',
    done,
    ...(total === undefined ? {} : { total }),
    resumed,
    failed,
    bytes,
    bytesPerSecond: Math.round(bytesPerSecond),
    elapsed: Math.round(elapsed),
    ...(left === undefined ? {} : { left: Math.round(left) }),
    inFlight: inFlight.length,
    waiting,
  })
}
