import { AsyncLocalStorage } from 'node:async_hooks'

/** As much of an AbortSignal as it takes to hear of an abort. Every AbortSignal is one. Listeners must not throw. */
export interface StopSignal {
  readonly aborted: boolean
  /** A whole AbortSignal of the same news, where this is not one itself. */
  readonly signal?: AbortSignal
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** What a running task can know about itself. */
export interface CurrentTask {
  /** Aborts when the call's future is aborted or its time is up; `signal.reason` says why. Hand it to fetch, timers, streams. */
  readonly signal: AbortSignal
  /** The same news without an AbortSignal, which takes longer to make than a small call: for tasks that run ten thousand times a second. */
  readonly stop: StopSignal
  /** 1 for the first run, 2 after one worker death, and so on; see `retries`. */
  readonly attempt: number
  /** Sends a value to the future's `progress`, from any executor. It must be cloneable. */
  report(value: unknown): void
  /** Name of the worker that runs it, unique among the calls that run at once: `ThreadPoolExecutor-1_0`. */
  readonly worker: string
}

/**
 * The context of one running call. The AbortController is made when the task first asks for its signal: making one costs more than
 * a small call.
 */
export class TaskContext implements CurrentTask, StopSignal {
  readonly attempt: number
  readonly worker: string
  readonly report: (value: unknown) => void
  /** The executor that runs the call, where that is in this thread. */
  readonly executor: object | undefined
  #controller: AbortController | undefined
  #listeners: (() => void)[] | undefined
  #aborted = false
  #reason: unknown

  constructor(worker: string, attempt: number, report: (value: unknown) => void, executor?: object) {
    this.worker = worker
    this.attempt = attempt
    this.report = report
    this.executor = executor
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#aborted) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  get stop(): StopSignal {
    return this
  }

  get aborted(): boolean {
    return this.#aborted
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners ??= []
    this.#listeners.push(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.#listeners?.indexOf(listener) ?? -1
    if (at !== -1) this.#listeners?.splice(at, 1)
  }

  abort(reason: unknown): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#reason = reason
    this.#controller?.abort(reason)
    for (const listener of this.#listeners?.splice(0) ?? []) listener()
  }
}

// One storage for all copies of the library in a thread: the copy that runs a task need not be the copy the task imports.
const KEY = Symbol.for('halyard.futures.currentTask')
const registry = globalThis as unknown as Record<symbol, AsyncLocalStorage<TaskContext> | undefined>
const storage: AsyncLocalStorage<TaskContext> = (registry[KEY] ??= new AsyncLocalStorage<TaskContext>())

/** The call this code runs in, or undefined outside of any. Works in every executor, also after an `await`. */
export function currentTask(): CurrentTask | undefined {
  return storage.getStore()
}

export function currentContext(): TaskContext | undefined {
  return storage.getStore()
}

/** Runs a task function so that `currentTask()` finds `context`, in it and in everything it starts. */
export function runInTask<R>(context: TaskContext, fn: (...args: never[]) => R, args: readonly unknown[]): R {
  return storage.run(context, fn as (...args: unknown[]) => R, ...args)
}
