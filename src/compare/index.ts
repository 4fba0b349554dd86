/** Runs one job in every style, each with a fresh start, and measures it. */
export type { Comparison, ComparisonObserver } from './compare.js'
export { compare } from './compare.js'
export type { ComparisonJob, Download, StyleRun } from './job.js'
export type { FilesReport } from './same-files.js'
