import type { StyleRun } from './job.js'

/**
 * The least time in which downloads of these lengths can be done with `concurrency` at once: no schedule ends before the longest of them has,
 * nor before all of them, shared out evenly, have.
 */
export function idealTime(durations: readonly number[], concurrency: number): number {
  const sum = durations.reduce((total, duration) => total + duration, 0)
  return Math.max(0, ...durations, sum / concurrency)
}

/** Adds to every finished run how much faster than the sequential one it was, and how near to its own ideal it came. */
export function measured(runs: readonly StyleRun[]): StyleRun[] {
  const sequential = runs.find((run) => run.style === 'sequential' && run.failure === undefined)
  return runs.map((run) => {
    if (run.failure !== undefined || run.elapsed <= 0) return run
    const ideal = idealTime(
      run.downloads.map(({ start, end }) => end - start),
      run.concurrency,
    )
    return {
      ...run,
      ...(sequential === undefined ? {} : { faster: sequential.elapsed / run.elapsed }),
      ofIdeal: ideal / run.elapsed,
    }
  })
}
