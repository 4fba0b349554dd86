import { Piscina } from 'piscina'

/** @param {{ atomics: 'sync' | 'async' | 'disabled', perWorker: number }} options */
export function open({ workers, atomics, perWorker }) {
  const pool = new Piscina({
    filename: new URL('../tasks.js', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: perWorker,
    atomics,
  })
  return {
    call: (n) => pool.run(n, { name: 'echo' }),
    leaveTimer: (path) => pool.run(path, { name: 'leaveTimer' }),
    close: () => pool.destroy(),
  }
}
