/**
 * The least time in which downloads of these lengths can be done with `concurrency` at once: no schedule ends before the longest of them has,
 * nor before all of them, shared out evenly, have.
 */
export function idealTime(durations: readonly number[], concurrency: number): number {
  const sum = durations.reduce((total, duration) => total + duration, 0)
  return Math.max(0, ...durations, sum / concurrency)
}
