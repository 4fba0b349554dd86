// The few numbers that a set of runs is reduced to, and how they are written.

/** Middle value; of an even number of values the mean of the two in the middle. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2
}

/** `35,400`, `12.3`, `0.071`: three digits that count, thousands separated, and `-` for what could not be measured. */
export function number(value) {
  if (value === undefined || value === null || Number.isNaN(value)) return '-'
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3)
}

/** `33,100-37,900` */
export function span(values) {
  return values.length === 0 ? '-' : `${number(Math.min(...values))}-${number(Math.max(...values))}`
}

export const megabytes = (bytes) => (bytes === undefined ? undefined : bytes / 1e6)

/** The median of what is defined; undefined if nothing is. */
export function medianOf(runs, pick) {
  const values = runs.map(pick).filter((value) => value !== undefined && value !== null)
  return values.length === 0 ? undefined : median(values)
}
