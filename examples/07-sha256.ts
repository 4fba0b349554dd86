/**
 * Twelve digests of a mebibyte of random bytes each, in processes, printed as they are finished.
 *
 *   npm run build && node build/examples/07-sha256.js [WORKERS]
 */
import { createHash, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { ProcessPoolExecutor, asCompleted, isMain } from 'halyard/futures'

const JOBS = 12
const SIZE = 2 ** 20

/** The bytes are made where they are hashed: what need not travel between processes should not. */
export function sha(size: number): string {
  return createHash('sha256').update(randomBytes(size)).digest('hex')
}

if (isMain(import.meta)) {
  const workers = Number(process.argv[2] ?? availableParallelism())
  const started = performance.now()
  await using executor = new ProcessPoolExecutor(workers)
  const toDo = Array.from({ length: JOBS }, () => executor.submit(sha, SIZE))
  for await (const future of asCompleted(toDo)) console.log(future.resultNow())
  console.log(`${workers} workers, elapsed time: ${((performance.now() - started) / 1000).toFixed(2)}s`)
}
