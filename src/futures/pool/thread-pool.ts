import { availableParallelism } from 'node:os'
import { type ResourceLimits, Worker } from 'node:worker_threads'
import { Claims } from './claims.js'
import { BrokenThreadPoolError, type WorkerDeath } from '../errors.js'
import { requireInteger, requireMaxWorkers } from '../executor.js'
import { threadArguments } from './inherited-arguments.js'
import { type LinkEvents, PoolExecutor, type PoolOptions } from './pool.js'
import type { WorkerLink } from './pool-worker.js'
import type { WorkerSetup } from '../worker/messages.js'

export interface ThreadPoolOptions extends PoolOptions {
  /**
   * How many OS threads carry the `maxWorkers` calls. Default: as many as there are processors, at most `maxWorkers`: a call that awaits
   * costs its thread nothing, while every Node.js thread takes some 30 ms to start and several MB. `threads: maxWorkers` gives each call
   * a thread of its own.
   */
  readonly threads?: number
  /** Memory limits of each thread; one that exceeds them dies, and only its calls fail. */
  readonly resourceLimits?: ResourceLimits
}

/**
 * Runs calls in threads (node:worker_threads): up to `maxWorkers` at once, also computations. A function is found in the thread by its module
 * and name, so it has to be exported; arguments and results are copied by structured clone.
 * @example await using executor = new ThreadPoolExecutor(20)
 */
export class ThreadPoolExecutor extends PoolExecutor {
  protected override readonly kind = 'thread'
  protected override readonly killSignal = 'SIGTERM'
  protected override readonly bootstrap: URL
  readonly #options: ThreadPoolOptions

  /** @param options the number of calls in flight at once, or options; default: one call per processor */
  constructor(options: number | ThreadPoolOptions = {}) {
    const given = typeof options === 'number' ? { maxWorkers: options } : options
    const maxWorkers = given.maxWorkers ?? availableParallelism()
    requireMaxWorkers(maxWorkers)
    const { threads = Math.max(1, Math.min(maxWorkers, availableParallelism())) } = given
    requireInteger('threads', threads, 1)
    super({ ...given, maxWorkers }, Math.min(threads, maxWorkers))
    this.#options = given
    this.bootstrap = given.bootstrap ?? new URL('../worker/thread-entry.js', import.meta.url)
    this.startFirst()
  }

  protected override claims(count: number): Claims {
    return new Claims(count)
  }

  protected override link(setup: WorkerSetup, events: LinkEvents): WorkerLink {
    const { env, resourceLimits, bootstrap } = this.#options
    const execArgv = this.#options.execArgv ?? threadArguments()
    const options = {
      workerData: setup,
      name: setup.pool,
      ...(env === undefined ? {} : { env }),
      ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    }
    // This form, literally, is what bundlers look for.
    const worker =
      bootstrap === undefined
        ? new Worker(new URL('../worker/thread-entry.js', import.meta.url), options)
        : new Worker(bootstrap, options)
    let error: unknown
    worker.on('message', (received: unknown) => events.message(received))
    worker.on('messageerror', (failure) => {
      error = failure
      void worker.terminate()
    })
    worker.on('error', (failure) => {
      error = failure
    })
    worker.on('exit', (exitCode) => events.exit({ exitCode }, error))
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      ref: () => worker.ref(),
      unref: () => worker.unref(),
      kill: () => void worker.terminate(),
    }
  }

  protected override brokenError(message: string, death: WorkerDeath, cause: unknown): BrokenThreadPoolError {
    return new BrokenThreadPoolError(message, cause === undefined ? death : { ...death, cause })
  }
}
