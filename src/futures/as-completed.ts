import { TimeoutError } from './errors.js'
import type { Future, WaitOptions } from './future.js'
import { subscribe } from './wait.js'
import { waitFor } from './wait-for.js'

/**
 * Futures, as they become done, for a `for await` loop. It is not declared as an AsyncIterableIterator, which it is: TypeScript believes that
 * `for await` awaits what one of those gives, and would take each future for its result.
 */
export interface CompletedFutures<F> {
  /** The next future that is done. */
  next(): Promise<IteratorResult<F, undefined>>
  /** Stops waiting. */
  return(): Promise<IteratorResult<F, undefined>>
  [Symbol.asyncIterator](): CompletedFutures<F>
}

/**
 * The futures as they become done: those that already are first, then in order of completion, each once, cancelled ones too.
 *
 * A hand-written iterator, because an async generator cannot give out a future: `yield` awaits what it is given, so the loop would get the
 * value, and a failed future would throw out of the loop. (For the same reason an async function cannot return a future.)
 * @param options.timeout ms from this call until next() throws TimeoutError
 * @throws TimeoutError '2 (of 4) futures unfinished', or `signal.reason`
 * @example for await (const future of asCompleted(futures)) console.log(future.resultNow())
 */
export function asCompleted<F extends Future<unknown>>(futures: Iterable<F>, options: WaitOptions = {}): CompletedFutures<F> {
  const { timeout } = options
  const pending = new Set(futures)
  const total = pending.size
  const completed: F[] = []
  const unsubscribes = new Map<F, () => void>()
  const deadline = timeout === undefined ? Infinity : performance.now() + timeout
  let ended = false
  let wake: (() => void) | undefined
  let turn: Promise<unknown> = Promise.resolve()

  const onDone = (future: F): void => {
    pending.delete(future)
    unsubscribes.delete(future)
    completed.push(future)
    wake?.()
  }
  for (const future of pending) {
    if (future.done()) onDone(future)
    else unsubscribes.set(future, subscribe(future, onDone))
  }

  const end = (): void => {
    ended = true
    for (const unsubscribe of unsubscribes.values()) unsubscribe()
    unsubscribes.clear()
    pending.clear()
    completed.length = 0
    wake?.()
  }

  const listen = (happened: () => void): (() => void) => {
    wake = happened
    return () => {
      wake = undefined
    }
  }

  const change = (): Promise<void> => {
    return waitFor<void>({ ...options, timeout: deadline - performance.now() }, listen, () => {
      throw new TimeoutError(`${pending.size} (of ${total}) futures unfinished`)
    })
  }

  const step = async (): Promise<IteratorResult<F, undefined>> => {
    try {
      while (!ended && completed.length === 0 && pending.size > 0) {
        await change()
      }
    } catch (error) {
      end()
      throw error
    }
    const value = completed.shift()
    return value === undefined ? { done: true, value: undefined } : { done: false, value }
  }

  const iterator: CompletedFutures<F> = {
    next() {
      const result = turn.then(step)
      // Not the result itself: it would keep the future alive.
      turn = result.then(forget, forget)
      return result
    },
    return() {
      end()
      return Promise.resolve({ done: true, value: undefined })
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}

function forget(): void {}
