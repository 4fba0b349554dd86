/**
 * Submit calls one by one, keep their futures, and take the results in the order they are finished.
 *
 * Five calls for three workers: printed as it is scheduled, a future is already running or still pending. `asCompleted` then hands out each
 * future as soon as it is done, whatever the order of submission.
 *
 *   npm run build && node build/examples/02-submit-and-as-completed.js
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ThreadPoolExecutor, asCompleted, isMain } from 'halyard/futures'
import type { Future } from 'halyard/futures'

const CC_LIST = ['CN', 'IN', 'US', 'ID', 'BR']

/** Stands for a download: each flag takes its own time. Example 09 has real ones. */
const DELAYS: Record<string, number> = { BR: 100, CN: 300, ID: 50, IN: 150, US: 20 }

export async function downloadOne(cc: string): Promise<string> {
  await sleep(DELAYS[cc])
  return cc
}

export async function downloadMany(ccList: readonly string[]): Promise<number> {
  await using executor = new ThreadPoolExecutor(3)
  const toDo: Future<string>[] = []
  for (const cc of [...ccList].sort()) {
    const future = executor.submit(downloadOne, cc)
    toDo.push(future)
    console.log(`Scheduled for ${cc}:`, future)
  }
  let count = 0
  for await (const future of asCompleted(toDo)) {
    console.log('%O result: %O', future, future.resultNow())
    count += 1
  }
  return count
}

if (isMain(import.meta)) {
  const started = performance.now()
  const count = await downloadMany(CC_LIST)
  console.log(`${count} flags downloaded in ${((performance.now() - started) / 1000).toFixed(2)}s`)
}
