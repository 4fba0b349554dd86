import type { StyleName } from '../flags/index.js'

/** What is to be compared: one job, and the styles to do it in. */
export interface ComparisonJob {
  /** Country codes in the order they are asked for. */
  readonly codes: readonly string[]
  /** Where the flags are: `{baseUrl}/br/br.gif`. */
  readonly baseUrl: string
  /** The flags of a style go into the folder of its name in here. */
  readonly outputDir: string
  /** How many calls every style but `sequential` may run at once. */
  readonly concurrency: number
  /** In which order they run. */
  readonly styles: readonly StyleName[]
}

/** One download as it happened. Every time is in milliseconds since its run began. */
export interface Download {
  readonly cc: string
  /** A worker took the call. */
  readonly start: number
  /** The connection stood; absent if one stood already. */
  readonly connected?: number
  /** The first byte of the answer came; absent if none did. */
  readonly firstByte?: number
  /** The flag was stored, or the call had failed. */
  readonly end: number
  readonly status: 'ok' | 'not-found' | 'error'
  /** Size of the stored file. */
  readonly bytes?: number
  /** Why it failed, in a few words. */
  readonly note?: string
  /** The slot of the executor that ran it: `ThreadPoolExecutor-1_3`. */
  readonly worker: string
  /** The thread it ran on, unique over all processes. */
  readonly thread: string
}

/** One style, measured. */
export interface StyleRun {
  readonly style: StyleName
  /** How many calls it was allowed to run at once. */
  readonly concurrency: number
  /** Milliseconds from before the executor was made until after it was shut down, as the book measures. */
  readonly elapsed: number
  /** Milliseconds until the first worker began the first call; absent where no worker had to be started. */
  readonly ready?: number
  /** In the order of the codes. */
  readonly downloads: readonly Download[]
  /** How many threads or processes carried the calls. */
  readonly carriers: number
  /** How many times faster than the sequential run; absent without one. */
  readonly faster?: number
  /** The least time these downloads can take with so many at once, divided by the time taken. */
  readonly ofIdeal?: number
  /** Why the style did not come to its end. Its numbers mean nothing then. */
  readonly failure?: string
}
