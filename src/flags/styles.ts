/** The ways to run the same `downloadOne`: what the second edition spreads over one script for each. */
import { availableParallelism } from 'node:os'
import type { Executor } from '../futures/index.js'
import { AsyncExecutor, ProcessPoolExecutor, SequentialExecutor, ThreadPoolExecutor } from '../futures/index.js'

/** Where the calls run. */
export type StyleName = 'sequential' | 'async' | 'threads' | 'processes'

/** One way to run many downloads. */
export interface Style {
  /** How many requests are in flight unless asked otherwise. */
  readonly defaultConcurReq: number
  /** How many requests may be in flight, whatever was asked. */
  readonly maxConcurReq: number
  /** Makes the executor that keeps `concurReq` requests in flight. */
  readonly newExecutor: (concurReq: number) => Executor
}

const cpus = availableParallelism()

/** Defaults and limits are those of the book's scripts; processes, which the book leaves out, follow `ProcessPoolExecutor`: one a processor. */
export const STYLES: Readonly<Record<StyleName, Style>> = {
  sequential: { defaultConcurReq: 1, maxConcurReq: 1, newExecutor: () => new SequentialExecutor() },
  async: { defaultConcurReq: 5, maxConcurReq: 1000, newExecutor: (concurReq) => new AsyncExecutor(concurReq) },
  threads: { defaultConcurReq: 30, maxConcurReq: 1000, newExecutor: (concurReq) => new ThreadPoolExecutor(concurReq) },
  processes: {
    defaultConcurReq: cpus,
    maxConcurReq: 1000,
    // A waiting download costs a process nothing: as many processes as processors carry any number of them.
    newExecutor: (concurReq) => new ProcessPoolExecutor({ maxWorkers: concurReq, callsPerProcess: Math.ceil(concurReq / cpus) }),
  },
}
