import type { ExecutorOptions } from './executor.js'
import { InProcessExecutor } from './in-process-executor.js'

/**
 * Runs calls one at a time, in order, in this thread: the plain loop, with the interface of the others. The style to start with, to debug
 * in, and to compare against. A synchronous function has run when submit() returns.
 */
export class SequentialExecutor extends InProcessExecutor {
  constructor(options: Omit<ExecutorOptions, 'maxWorkers'> = {}) {
    super({ ...options, maxWorkers: 1 })
  }
}
