/**
 * What one life of a run asked the server for, held against the records it began with and those it left.
 *
 * A line with a record is never requested again. A line without one may be: it was lost with the process. How many may be lost to one kill?
 * `concurrency` requests are in flight at most. Besides, a record waits for the end of the event loop's turn to be written, while the place of
 * its request is free for another: so there may be as many records again that were about to be written, since no place is given twice in one
 * turn (there is a network between). **Hence at most 2 × concurrency requests are repeated after a kill.** The same holds for a run that gives
 * up because it cannot write its files or its records. An interrupted run has no such excuse: it loses only what the server had not answered
 * in full. A run that ends by itself loses nothing.
 *
 * Answers that the list says are to be asked for again (503 the first time) are left out: the server counts them, and sends each once.
 */
import type { RequestRecord } from 'halyard/flag-server'
import type { Line } from './hostile-list.js'
import type { Journal } from './records.js'
import { isPlannedFailure } from './site.js'

/** `interrupted`: by a signal it obeyed. `obstructed`: it gave up because the output could not be written. `finished`: the list is done. */
export type Ending = 'killed' | 'interrupted' | 'obstructed' | 'finished'

export interface Life {
  readonly before: Journal
  readonly after: Journal
  readonly requests: readonly RequestRecord[]
  readonly ending: Ending
  readonly concurrency: number
  /** Requests more than those that a worker process killed by the test, or one that outlived its parent, may have made. */
  readonly excused?: number
}

export interface Repetitions {
  readonly complaints: readonly string[]
  /** Requests that left no record: the next life will repeat them. */
  readonly lost: number
}

export function repetitions(life: Life, lines: readonly Line[]): Repetitions {
  const { before, after, ending, concurrency, excused = 0 } = life
  const complaints: string[] = []
  if (!after.text.startsWith(before.text)) complaints.push('records that were there have changed or gone')

  const countsBefore = countLines(lines, before)
  const countsAfter = countLines(lines, after)
  let lost = 0
  let excess = 0
  for (const [target, asked] of byTarget(life.requests.filter((request) => !isPlannedFailure(request)))) {
    const was = countsBefore.get(target)
    const is = countsAfter.get(target)
    if (was === undefined || is === undefined) {
      complaints.push(`${target} was requested, and is no line of the list`)
      continue
    }
    excess += Math.max(0, asked.length - was.undone)
    if (asked.length > was.undone && excess > excused) {
      complaints.push(`${target} was requested ${asked.length} times for ${was.undone} lines without a record`)
    }
    const written = is.done - was.done
    lost += Math.max(0, asked.length - written)
    const answered = asked.filter(({ outcome }) => outcome === 'complete').length
    if (ending === 'interrupted' && answered > written + excused)
      complaints.push(`${target} was answered in full and has no record`)
  }
  const bound = excused + LOST[ending] * concurrency
  if (lost > bound) complaints.push(`${lost} requests left no record; at most ${bound} may`)
  return { complaints, lost }
}

/** Times `concurrency`. */
const LOST: Readonly<Record<Ending, number>> = { killed: 2, obstructed: 2, interrupted: 1, finished: 0 }

/** Lines with and without a record, by what they ask for: one URL may stand in several. */
function countLines(lines: readonly Line[], { records }: Journal): Map<string, { done: number; undone: number }> {
  const ids = new Set(records.map(({ id }) => id))
  const counts = new Map<string, { done: number; undone: number }>()
  for (const { id, target } of lines) {
    if (target === undefined) continue
    const count = counts.get(target) ?? { done: 0, undone: 0 }
    if (ids.has(id)) count.done += 1
    else count.undone += 1
    counts.set(target, count)
  }
  return counts
}

function byTarget(requests: readonly RequestRecord[]): Map<string, RequestRecord[]> {
  const groups = new Map<string, RequestRecord[]>()
  for (const request of requests) {
    const group = groups.get(request.url)
    if (group === undefined) groups.set(request.url, [request])
    else group.push(request)
  }
  return groups
}
