import { availableParallelism } from 'node:os'
import type { ExecutorOptions } from './executor.js'
import { InProcessExecutor } from './in-process-executor.js'

/**
 * Runs up to `maxWorkers` calls at once on this thread's event loop: for functions that wait, for the network for example. A free slot starts
 * the function before submit() returns; while it awaits, others run.
 */
export class AsyncExecutor extends InProcessExecutor {
  /** @param options the number of calls in flight at once, or options; default: CPython's min(32, cpus + 4) */
  constructor(options: number | ExecutorOptions = {}) {
    const given = typeof options === 'number' ? { maxWorkers: options } : options
    super({ ...given, maxWorkers: given.maxWorkers ?? Math.min(32, availableParallelism() + 4) })
  }
}
