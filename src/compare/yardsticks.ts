import { idealTime } from './ideal-time.js'
import type { StyleRun } from './job.js'

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
