import { count, type Noun, percent, seconds } from '../report/index.js'
import { phases, rowsOf, type TimelineRun } from './timeline.js'

/** What the runs show, in words: the sentence over the picture and the one under it. */
export interface Finding {
  /** The result: `20 flags: 8.24 s one at a time, 0.45 s with 20 at a time`. */
  readonly title: string
  /** Why it came out like that; empty if the runs do not show why. */
  readonly reason: string
}

/** Reads the finding off the numbers; it claims nothing that they do not show. */
export function finding(runs: readonly TimelineRun[], noun: Noun): Finding {
  const size = rowsOf(runs).length
  const finished = runs.filter((run) => run.failure === undefined)
  const single = finished.find((run) => run.concurrency === 1)
  const several = finished.filter((run) => run.concurrency > 1)
  const fastest = several.toSorted((a, b) => a.elapsed - b.elapsed)[0]
  const job = count(size, noun)
  return { title: title(), reason: reason() }

  function title(): string {
    if (finished.length === 0) return `${job}: no style came to its end`
    if (single !== undefined && fastest !== undefined) {
      return `${job}: ${seconds(single.elapsed)} s one at a time, ${seconds(fastest.elapsed)} s with ${atOnce(fastest)} at a time`
    }
    return `${job}: ${finished.map((run) => `${run.name} ${seconds(run.elapsed)} s`).join(', ')}`
  }

  function reason(): string {
    if (single === undefined || several.length === 0 || single.elapsed <= 0) return ''
    const waited = single.bars.map(phases).reduce((sum, { connected, answered }) => sum + answered - connected, 0)
    // A job that is not mostly waiting gains from concurrency for other reasons, which these bars do not show.
    if (waited < single.elapsed / 2) return ''
    return (
      `${sentence(single.name)} spends ${percent(waited / single.elapsed)} of its time waiting for the server, ${size} times in a row. ` +
      `${sentence(list(several.map((run) => run.name)))} ${several.length === 1 ? 'waits' : 'wait'} for ` +
      `${atOnce(several[0] as TimelineRun)} answers at the same time.`
    )
  }

  function atOnce(run: TimelineRun): number {
    return Math.min(run.concurrency, size)
  }
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
