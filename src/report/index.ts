/** Turns what a run says into something to look at. */
export { progressBar } from './progress-bar.js'
export type { ProgressBar, ProgressBarOptions, ProgressStream } from './progress-bar.js'
