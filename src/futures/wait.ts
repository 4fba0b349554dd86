import { inspect } from 'node:util'
import { access, Future, type WaitOptions } from './future.js'
import { waitFor } from './wait-for.js'

/** When wait() is satisfied. FIRST_EXCEPTION ignores cancelled futures, and equals ALL_COMPLETED if none fails. */
export type ReturnWhen = 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED'

export interface WaitManyOptions extends WaitOptions {
  /** Default: ALL_COMPLETED. */
  readonly returnWhen?: ReturnWhen
  /** Satisfied as soon as this many futures are done. Default: not looked at. */
  readonly count?: number
}

/**
 * Waits until enough of the futures are done (cancelled ones are), or `timeout` ms have passed, which is no error: look at `notDone`.
 * @throws `signal.reason`; RangeError for an unknown `returnWhen`
 */
export async function wait<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitManyOptions = {},
): Promise<{ readonly done: Set<F>; readonly notDone: Set<F> }> {
  const { returnWhen = 'ALL_COMPLETED', count, signal } = options
  if (!['FIRST_COMPLETED', 'FIRST_EXCEPTION', 'ALL_COMPLETED'].includes(returnWhen)) {
    throw new RangeError(`Invalid return condition: ${inspect(returnWhen)}`)
  }
  const all = new Set(futures)
  signal?.throwIfAborted()
  let done = 0
  let raised = false
  const note = (future: Future<unknown>): void => {
    done += 1
    if (!future.cancelled() && hasFailed(future)) raised = true
  }
  const isSatisfied = (): boolean =>
    done === all.size ||
    (count !== undefined && done >= count) ||
    (returnWhen === 'FIRST_COMPLETED' && done > 0) ||
    (returnWhen === 'FIRST_EXCEPTION' && raised)

  for (const future of all) if (future.done()) note(future)
  if (!isSatisfied()) {
    const listen = (happened: () => void): (() => void) => {
      const onDone = (future: F): void => {
        note(future)
        if (isSatisfied()) happened()
      }
      const unsubscribes = [...all].filter((future) => !future.done()).map((future) => subscribe(future, onDone))
      return () => {
        for (const unsubscribe of unsubscribes) unsubscribe()
      }
    }
    await waitFor<void>(options, listen, () => undefined)
  }
  const result = { done: new Set<F>(), notDone: new Set<F>() }
  for (const future of all) (future.done() ? result.done : result.notDone).add(future)
  return result
}

/** Calls `callback` once when the future is done, also a future of another copy of the library. Returns what stops that. */
export function subscribe<F extends Future<unknown>>(future: F, callback: (future: F) => void): () => void {
  if (future instanceof Future) {
    const own: Future<unknown> = future
    const onDone = callback as (future: Future<unknown>) => void
    access.onDone(own, onDone)
    return () => access.removeOnDone(own, onDone)
  }
  let stopped = false
  const foreign = future as F
  foreign.addDoneCallback(() => {
    if (!stopped) callback(foreign)
  })
  return () => {
    stopped = true
  }
}

function hasFailed(future: Future<unknown>): boolean {
  return future instanceof Future ? access.failed(future) : (future as Future<unknown>).exceptionNow() !== null
}
