/**
 * A list that never ends, in constant memory.
 *
 * `map` takes generators and async iterables as well as lists. It does not run ahead of the reader: with `buffersize: 3` it takes three items to
 * begin with, and then one more for each result that is asked for. Leaving the loop ends the generator and calls off what has not started.
 *
 *   npm run build && node build/examples/10-back-pressure.js
 */
import { AsyncExecutor, isMain } from 'halyard/futures'

function* naturalNumbers(): Generator<number> {
  try {
    for (let n = 1; ; n++) {
      console.log(`  take ${n}`)
      yield n
    }
  } finally {
    console.log('  the generator is closed')
  }
}

export async function square(n: number): Promise<number> {
  return n * n
}

if (isMain(import.meta)) {
  await using executor = new AsyncExecutor(2)
  const squares = executor.map(square, naturalNumbers(), { buffersize: 3 })
  console.log('Nobody has asked for a result yet.')
  for await (const n of squares) {
    console.log(`got ${n}`)
    if (n === 16) break
  }
}
