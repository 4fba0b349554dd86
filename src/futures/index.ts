/**
 * concurrent.futures for TypeScript: the same call on an event loop, in threads, in processes.
 *
 * The names are those of Python's concurrent.futures, in its order; what JavaScript adds comes after.
 */
export type { ReturnWhen, WaitManyOptions } from './wait.js'
export {
  BrokenExecutorError,
  BrokenProcessPoolError,
  BrokenThreadPoolError,
  CancelledError,
  ExecutorError,
  ExecutorShutdownError,
  FutureError,
  InvalidStateError,
  NestedSubmitError,
  NotSerializableError,
  QueueFullError,
  RemoteError,
  TaskNotFoundError,
  TimeoutError,
} from './errors.js'
export type { WorkerDeath } from './errors.js'
export { Future } from './future.js'
export type { FutureProducer, FutureState, FutureTiming, WaitOptions } from './future.js'
export { Executor } from './executor.js'
export type { ExecutorOptions, ExecutorStats, ScheduleOptions, ShutdownOptions } from './executor.js'
export { wait } from './wait.js'
export { asCompleted } from './as-completed.js'
export type { CompletedFutures } from './as-completed.js'
export { SequentialExecutor } from './sequential-executor.js'
export { AsyncExecutor } from './async-executor.js'
export { ThreadPoolExecutor } from './pool/thread-pool.js'
export type { ThreadPoolOptions } from './pool/thread-pool.js'
export { ProcessPoolExecutor } from './pool/process-pool.js'
export type { ProcessPoolOptions } from './pool/process-pool.js'
export type { PoolOptions } from './pool/pool.js'

export type { MapOptions, MapResults, Settled } from './map-results.js'
export { currentTask } from './current-task.js'
export type { CurrentTask, StopSignal } from './current-task.js'
export { isMain } from './is-main.js'
export { task, tasks } from './task.js'
export type { Callable, TaskRef, TaskReference, TasksOf } from './task.js'
export { transfer } from './travel/transfer.js'
export { registerError } from './travel/error-envelope.js'
export { shutdownOnSignals } from './shutdown-on-signals.js'
export { setLogger } from './logger.js'
export type { Logger } from './logger.js'
