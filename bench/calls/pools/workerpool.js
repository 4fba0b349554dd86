import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'

/** @param {{ workerType: 'thread' | 'process' }} options */
export function open({ workers, workerType }) {
  const pool = workerpool.pool(fileURLToPath(new URL('../workerpool-worker.js', import.meta.url)), {
    minWorkers: workers,
    maxWorkers: workers,
    workerType,
  })
  return {
    call: (n) => pool.exec('echo', [n]),
    leaveTimer: (path) => pool.exec('leaveTimer', [path]),
    close: () => pool.terminate(),
  }
}
