/** Where downloads run: the styles, as executors. */
import { availableParallelism } from 'node:os'
import { AsyncExecutor, type Executor, ProcessPoolExecutor, SequentialExecutor, ThreadPoolExecutor } from '../futures/index.js'
import type { StyleName } from './options.js'

/** A style with `auto` decided. */
export type ChosenStyle = Exclude<StyleName, 'auto'>

/**
 * Lists of at least this many bytes (some ten thousand lines) are downloaded by threads: each takes 50 MB, and compiles everything once more
 * before it is fast. With two processors both ways take the same time for 20,000 small files, and threads two thirds of it for 100,000.
 */
export const LONG_LIST = 2 * 1024 * 1024

/** MB for short-lived objects in each thread; by itself V8 takes three times as much for a fraction less of work. */
const YOUNG = 16

/**
 * What `auto` stands for: the event loop for short lists and for those whose length is not known, threads for long ones. Where something
 * keeps the downloads in this thread, or a rate makes more threads pointless, the event loop for all.
 */
export function chosenStyle(style: StyleName, listBytes: number | undefined, needsThisThread: boolean): ChosenStyle {
  if (style !== 'auto') return style
  const isLong = listBytes !== undefined && listBytes >= LONG_LIST
  return isLong && !needsThisThread && availableParallelism() > 1 ? 'threads' : 'async'
}

/** Threads or processes that a style starts. */
export function workersOf(style: ChosenStyle, concurrency: number): number {
  return style === 'threads' || style === 'processes' ? Math.min(availableParallelism(), concurrency) : 1
}

/** An executor with `concurrency` slots. The names of its workers go into the records: they are short. */
export function newExecutor(style: ChosenStyle, concurrency: number): Executor {
  switch (style) {
    case 'sequential':
      return new SequentialExecutor({ name: 's' })
    case 'async':
      return new AsyncExecutor({ maxWorkers: concurrency, name: 'a' })
    case 'threads':
      return new ThreadPoolExecutor({ maxWorkers: concurrency, name: 't', resourceLimits: { maxYoungGenerationSizeMb: YOUNG } })
    case 'processes':
      return new ProcessPoolExecutor({
        maxWorkers: concurrency,
        callsPerProcess: Math.ceil(concurrency / workersOf(style, concurrency)),
        name: 'p',
      })
  }
}

/** Whether an executor runs its calls in this thread, so that what cannot be sent may be used. */
export function runsInThisThread(executor: Executor): boolean {
  return executor instanceof SequentialExecutor || executor instanceof AsyncExecutor
}

/**
 * Threads or processes of an executor that takes jobs in slices; undefined for one that runs in this thread, and for one of somebody else,
 * which may know nothing of reports.
 */
export function slicedWorkers(executor: Executor): number | undefined {
  const isPool = executor instanceof ThreadPoolExecutor || executor instanceof ProcessPoolExecutor
  return isPool ? workersOf('threads', executor.maxWorkers) : undefined
}
