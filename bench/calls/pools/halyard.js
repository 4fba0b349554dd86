import * as futures from '../../../dist/futures/index.js'
import { echo, leaveTimer } from '../tasks.js'

/** @param {{ executor: string, options: object, chunksize?: number }} options the class and what its constructor gets; `chunksize`: call by map */
export function open({ executor, options, chunksize }) {
  const pool = new futures[executor](options)
  return {
    call: (n) => pool.submit(echo, n),
    map: chunksize === undefined ? undefined : (numbers) => pool.map(echo, numbers, { chunksize }),
    leaveTimer: (path) => pool.submit(leaveTimer, path),
    close: () => pool.shutdown(),
  }
}
