// What the pools under test are asked to run. The same module for all of them, in the shape each wants: named exports here, and
// workerpool-worker.js beside it for the one that registers methods.
import { writeFileSync } from 'node:fs'

/** The cheapest possible call whose result can still be checked. */
export function echo(n) {
  return n
}

/** Returns at once and leaves a timer behind, as a keep-alive socket or a log flusher would. Its firing is seen by the file it writes. */
export function leaveTimer(path) {
  setTimeout(() => writeFileSync(path, 'fired'), 20)
  return true
}
