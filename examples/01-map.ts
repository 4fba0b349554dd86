/**
 * Run a function over a list in a pool of threads.
 *
 * `map` is the whole idea: any exported function, any list, results in the order of the list however the calls finish.
 *
 *   npm run build && node build/examples/01-map.js
 */
import { ThreadPoolExecutor, isMain } from 'halyard/futures'

/** How many steps the Collatz sequence takes from `start` down to 1. */
export function collatzSteps(start: number): number {
  let steps = 0
  for (let n = start; n > 1; n = n % 2 === 0 ? n / 2 : 3 * n + 1) steps += 1
  return steps
}

if (isMain(import.meta)) {
  const starts = [7, 27, 97, 871, 6171, 77_031, 837_799]
  await using executor = new ThreadPoolExecutor()
  const results = await executor.map(collatzSteps, starts).toArray()
  for (const [i, steps] of results.entries()) console.log(`${starts[i]} needs ${steps} steps`)
}
