/** concurrent.futures for TypeScript: the public names. */
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
