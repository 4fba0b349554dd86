/** What marks a thread or process as a worker of a pool. */
export interface WorkerMark {
  /** Tasks may submit to pools of their own. */
  readonly allowNested: boolean
}

// A symbol of the whole runtime, so that a task that brings its own copy of the library is in a worker, too.
const KEY = Symbol.for('halyard.futures.worker')
const registry = globalThis as unknown as Record<symbol, WorkerMark | undefined>

export function markWorker(mark: WorkerMark): void {
  registry[KEY] = mark
}

/** The mark if this code runs in a worker of a pool. */
export function inWorker(): WorkerMark | undefined {
  return registry[KEY]
}
