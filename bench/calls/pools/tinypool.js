import { Tinypool } from 'tinypool'

/** @param {{ runtime: 'worker_threads' | 'child_process', perWorker: number }} options */
export function open({ workers, runtime, perWorker }) {
  const pool = new Tinypool({
    filename: new URL('../tasks.js', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: perWorker,
    runtime,
  })
  return {
    call: (n) => pool.run(n, { name: 'echo' }),
    leaveTimer: (path) => pool.run(path, { name: 'leaveTimer' }),
    close: () => pool.destroy(),
  }
}
