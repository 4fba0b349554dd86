import type { Executor } from './executor.js'
import { PoolExecutor } from './pool/pool.js'

/**
 * Ties an executor to Ctrl-C and its like: the first signal cancels what has not begun and lets the rest finish, the second ends the workers.
 * The signals no longer end the program by themselves then.
 * @param signals default: SIGINT and SIGTERM
 * @returns what unties it again
 */
export function shutdownOnSignals(executor: Executor, signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM']): () => void {
  let seen = 0
  const untie = (): void => {
    for (const signal of signals) process.off(signal, onSignal)
  }
  const onSignal = (): void => {
    seen += 1
    if (seen === 1) {
      void executor.shutdown({ cancelFutures: true }).then(untie)
    } else if (seen === 2) {
      untie()
      if (executor instanceof PoolExecutor) void executor.killWorkers()
    }
  }
  for (const signal of signals) process.on(signal, onSignal)
  return untie
}
