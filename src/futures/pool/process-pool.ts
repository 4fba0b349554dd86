import type { ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { BrokenProcessPoolError, type WorkerDeath } from '../errors.js'
import { requireInteger, requireMaxWorkers } from '../executor.js'
import { processArguments } from './inherited-arguments.js'
import { guard, unguard } from './orphan-guard.js'
import { type LinkEvents, PoolExecutor, type PoolOptions } from './pool.js'
import type { WorkerLink } from './pool-worker.js'
import type { WorkerSetup } from '../worker/messages.js'

export interface ProcessPoolOptions extends PoolOptions {
  /** How many calls one process runs at once; there are `maxWorkers / callsPerProcess` processes then. Default: 1. */
  readonly callsPerProcess?: number
  /** What terminateWorkers() sends. Default: SIGTERM. */
  readonly killSignal?: NodeJS.Signals
}

/** How long a process that has exited may keep its pipe open, in ms: a child of its own may hold it. */
const PIPE_TIME = 1000

const live = new Set<ChildProcess>()

/**
 * Runs calls in processes of their own: a crash, a leak or a native module that misbehaves stays there. Slower to start and to talk to than
 * threads. A function is found in the process by its module and name, so it has to be exported.
 * @example await using executor = new ProcessPoolExecutor()
 */
export class ProcessPoolExecutor extends PoolExecutor {
  protected override readonly kind = 'process'
  protected override readonly killSignal: NodeJS.Signals
  protected override readonly bootstrap: URL
  readonly #options: ProcessPoolOptions

  /** @param options the number of calls in flight at once, or options; default: one per processor */
  constructor(options: number | ProcessPoolOptions = {}) {
    const given = typeof options === 'number' ? { maxWorkers: options } : options
    const { maxWorkers = availableParallelism(), callsPerProcess = 1 } = given
    requireMaxWorkers(maxWorkers)
    requireInteger('callsPerProcess', callsPerProcess, 1)
    super({ ...given, maxWorkers }, Math.max(1, Math.ceil(maxWorkers / callsPerProcess)))
    this.#options = given
    this.killSignal = given.killSignal ?? 'SIGTERM'
    this.bootstrap = given.bootstrap ?? new URL('../worker/process-entry.js', import.meta.url)
    this.startFirst()
  }

  /** Processes share no memory. */
  protected override claims(): undefined {
    return undefined
  }

  protected override link(setup: WorkerSetup, events: LinkEvents): WorkerLink {
    const { env, execArgv } = this.#options
    // Loaded when it is needed: every thread of a thread pool imports this library too, and this takes 4 ms.
    const { fork } = process.getBuiltinModule('node:child_process')
    const child = fork(fileURLToPath(this.bootstrap), {
      serialization: 'advanced',
      execArgv: [...(execArgv ?? processArguments())],
      ...(env === undefined ? {} : { env }),
    })
    const { pid } = child
    let error: unknown
    let hasEnded = false
    const ended = (death: WorkerDeath): void => {
      if (hasEnded) return
      hasEnded = true
      live.delete(child)
      if (pid !== undefined) unguard(pid)
      if (live.size === 0) process.off('exit', killAll)
      events.exit(pid === undefined ? death : { ...death, pid }, error)
    }
    if (live.size === 0) process.on('exit', killAll)
    live.add(child)
    if (pid !== undefined) guard(pid)
    child.on('message', (received) => events.message(received))
    child.on('error', (failure) => {
      // Could not be started, or a message could not be delivered; in the second case the exit follows.
      error ??= failure
      if (pid === undefined) ended({})
    })
    child.on('exit', (exitCode, signal) => {
      const death = { ...(exitCode === null ? {} : { exitCode }), ...(signal === null ? {} : { signal }) }
      // Its last messages may still be in the pipe; the end of the pipe comes after them.
      if (!child.connected) ended(death)
      else {
        child.once('disconnect', () => ended(death))
        setTimeout(() => ended(death), PIPE_TIME).unref()
      }
    })
    const post = (message: unknown): void => {
      if (child.connected) child.send(message as object, () => undefined)
    }
    post({ type: 'setup', setup })
    return {
      ...(pid === undefined ? {} : { pid }),
      post,
      ref() {
        child.ref()
        child.channel?.ref()
      },
      unref() {
        child.unref()
        child.channel?.unref()
      },
      kill: (signal) => void child.kill(signal),
    }
  }

  protected override brokenError(message: string, death: WorkerDeath, cause: unknown): BrokenProcessPoolError {
    return new BrokenProcessPoolError(message, cause === undefined ? death : { ...death, cause })
  }
}

/** Children also end when they lose their connection; this spares those that never come to notice. */
function killAll(): void {
  for (const child of live) child.kill('SIGTERM')
}
