import { count, type Noun, ratio, seconds } from '../report/index.js'
import { counts, type TimelineRun } from './timeline.js'

/** How a run went about it and what it cost to begin: `20 at once on 2 threads, 0.072 s to start them`. */
export function describeRun(run: TimelineRun, noun: Noun): string {
  return [run.how ?? '', startUp(run), ...troubles(run, noun)].filter((part) => part !== '').join(', ')
}

/** What starting the workers took, or nothing if there were none to start. */
export function startUp(run: TimelineRun): string {
  return run.ready !== undefined && run.ready > 0 ? `${seconds(run.ready)} s to start them` : ''
}

/** `18.3 × faster`, or nothing for the run that the others are compared with. */
export function fasterText(run: TimelineRun, times = '×'): string {
  return run.faster === undefined ? '' : `${ratio(run.faster)} ${times} faster`
}

/** What did not go well: `3 flags not found`, `2 errors (HTTP 418)`; the reason is named if all of them share it. */
function troubles(run: TimelineRun, noun: Noun): string[] {
  const { 'not-found': missing, error } = counts(run)
  const notes = new Set(run.bars.filter(({ status }) => status === 'error').map(({ note }) => note ?? ''))
  const reason = notes.size === 1 && !notes.has('') ? ` (${[...notes].join('')})` : ''
  return [
    ...(missing > 0 ? [`${count(missing, noun)} not found`] : []),
    ...(error > 0 ? [count(error, { one: 'error', many: 'errors' }) + reason] : []),
  ]
}
