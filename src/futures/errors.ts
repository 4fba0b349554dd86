/**
 * Every error this library throws by itself. Match on `code`, not on `instanceof`, when the error may come from another copy of the library.
 *
 * CPython's tree is Error ← CancelledError, InvalidStateError and BrokenExecutor ← BrokenThreadPool, BrokenProcessPool; ours is the same, with an
 * `Error` suffix, a stable `code`, and a few more classes for what only happens between JavaScript workers.
 */

/** What a single future reports. Parent of the errors that belong to one call, not to the executor. */
export class FutureError extends Error {
  override readonly name: string = 'FutureError'
  readonly code: string = 'ERR_FUTURE'
}

/** The call was cancelled before it ran, or aborted while it ran. `cause` is the reason given to `cancel()` or `abort()`, if any. */
export class CancelledError extends FutureError {
  override readonly name: string = 'CancelledError'
  override readonly code: string = 'ERR_FUTURE_CANCELLED'
}

/**
 * A deadline of ours passed: of `result()`, `wait`-like iteration, `map` or `schedule({ timeout })`.
 * A task's own error that happens to be called TimeoutError never has this code; ours also names the future it waited for.
 */
export class TimeoutError extends FutureError {
  override readonly name: string = 'TimeoutError'
  override readonly code: string = 'ERR_FUTURE_TIMEOUT'
  /** The future that was not done in time; absent where several were awaited at once. */
  declare readonly future?: object

  constructor(message: string, options?: { readonly future?: object; readonly cause?: unknown }) {
    super(message, options !== undefined && 'cause' in options ? { cause: options.cause } : undefined)
    // Not enumerable: printing the error should not print the future's whole inside.
    if (options?.future !== undefined) Object.defineProperty(this, 'future', { value: options.future })
  }
}

/** The operation makes no sense in the state the future is in. */
export class InvalidStateError extends FutureError {
  override readonly name: string = 'InvalidStateError'
  override readonly code: string = 'ERR_FUTURE_INVALID_STATE'
}

/** An argument, a result or a thrown value cannot travel to another thread or process. Only that call fails; the worker lives. */
export class NotSerializableError extends FutureError {
  override readonly name: string = 'NotSerializableError'
  override readonly code: string = 'ERR_NOT_SERIALIZABLE'
  /** Where the offending value sits, as one would write it: `args[0].onProgress`, `result.handlers[2]`. */
  readonly path: string

  constructor(message: string, options: { readonly path: string; readonly cause?: unknown }) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.path = options.path
  }
}

/** The function cannot be found by name in another thread or process: a closure, a bound function, a method, something not exported. */
export class TaskNotFoundError extends FutureError {
  override readonly name: string = 'TaskNotFoundError'
  override readonly code: string = 'ERR_TASK_NOT_FOUND'
}

/** What an executor as a whole reports. */
export class ExecutorError extends Error {
  override readonly name: string = 'ExecutorError'
  readonly code: string = 'ERR_EXECUTOR'
}

/** Work was handed to an executor after `shutdown()`. */
export class ExecutorShutdownError extends ExecutorError {
  override readonly name: string = 'ExecutorShutdownError'
  override readonly code: string = 'ERR_EXECUTOR_SHUTDOWN'
}

/** `maxQueue` calls are already waiting. `await executor.ready()` waits for room; `trySubmit()` asks without throwing. */
export class QueueFullError extends ExecutorError {
  override readonly name: string = 'QueueFullError'
  override readonly code: string = 'ERR_QUEUE_FULL'
}

/** A task submitted work to the pool it runs in, or a module started a pool while a worker was importing it. Both end in starvation. */
export class NestedSubmitError extends ExecutorError {
  override readonly name: string = 'NestedSubmitError'
  override readonly code: string = 'ERR_NESTED_SUBMIT'
}

/** How a worker died, as far as the operating system tells. */
export interface WorkerDeath {
  /** Exit code of the thread or process; absent when a signal killed it. */
  readonly exitCode?: number
  /** The signal that killed a process. */
  readonly signal?: NodeJS.Signals
  /** Process id of a process worker. */
  readonly pid?: number
  /** Name of the worker, such as `ThreadPoolExecutor-1_0`. */
  readonly worker?: string
  /** The function that was running, such as `downloadOne`. */
  readonly task?: string
}

/** A worker died under a running call, could not start, or its initializer failed. */
export class BrokenExecutorError extends ExecutorError {
  override readonly name: string = 'BrokenExecutorError'
  override readonly code: string = 'ERR_BROKEN_EXECUTOR'
  declare readonly exitCode?: number
  declare readonly signal?: NodeJS.Signals
  declare readonly pid?: number
  declare readonly worker?: string
  declare readonly task?: string

  constructor(message: string, options: WorkerDeath & { readonly cause?: unknown } = {}) {
    const { cause, ...death } = options
    super(message, 'cause' in options ? { cause } : undefined)
    Object.assign(this, death)
  }
}

/** {@link BrokenExecutorError} of a `ThreadPoolExecutor`. */
export class BrokenThreadPoolError extends BrokenExecutorError {
  override readonly name: string = 'BrokenThreadPoolError'
  override readonly code: string = 'ERR_BROKEN_THREAD_POOL'
}

/** {@link BrokenExecutorError} of a `ProcessPoolExecutor`. */
export class BrokenProcessPoolError extends BrokenExecutorError {
  override readonly name: string = 'BrokenProcessPoolError'
  override readonly code: string = 'ERR_BROKEN_PROCESS_POOL'
}

/**
 * An error of a class this side does not know. `name`, `message`, `stack`, `cause`, `errors` and own properties are those of the original;
 * teach this side the class with `registerError()` to get an instance of it instead. `code` is the original's, whatever that is, or
 * `'ERR_REMOTE'` if it had none.
 */
export class RemoteError extends Error {
  override name: string = 'RemoteError'
  readonly code: unknown = 'ERR_REMOTE'
}
