import type { WaitOptions } from './future.js'
import { onAbort } from './on-abort.js'
import { startTimer } from './timer.js'

/**
 * Waits for one event, but not beyond `timeout` ms and not after `signal`: the one place where a timer, a signal and a subscription are tied
 * together, so that none of them is left behind, whichever comes first.
 * @param subscribe starts listening and returns what stops it; calls `happened` at most once, not before it has returned
 * @param onTimeout what then: its value is the result, its error the failure
 * @throws `signal.reason`
 */
export function waitFor<R>(
  { timeout, signal }: WaitOptions,
  subscribe: (happened: (result: R | PromiseLike<R>) => void) => () => void,
  onTimeout: () => R,
): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    signal?.throwIfAborted()
    const stop = (): void => {
      clearTimeout(timer)
      offAbort()
      unsubscribe()
    }
    const onTime = (): void => {
      stop()
      try {
        resolve(onTimeout())
      } catch (error) {
        reject(error)
      }
    }
    const unsubscribe = subscribe((result) => {
      stop()
      resolve(result)
    })
    const timer = startTimer(timeout, onTime)
    const offAbort = onAbort(signal, (reason) => {
      stop()
      reject(reason)
    })
  })
}
