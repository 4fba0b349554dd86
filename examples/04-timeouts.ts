/**
 * Three ways to stop waiting, and the one that also stops the work.
 *
 * A timeout given to `result()`, `wait()` or `map()` is the patience of the one who asks; the call goes on. A timeout given to `schedule()` is the
 * call's own: it is told through its signal, and if it does not listen (here: an endless loop) its thread is ended and replaced.
 *
 *   npm run build && node build/examples/04-timeouts.js
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ThreadPoolExecutor, TimeoutError, isMain, wait } from 'halyard/futures'

export async function nap(ms: number): Promise<string> {
  await sleep(ms)
  return `slept ${ms} ms`
}

export function spin(): never {
  for (;;);
}

if (isMain(import.meta)) {
  await using executor = new ThreadPoolExecutor(2)

  const patient = executor.submit(nap, 300)
  await patient.result({ timeout: 50 }).catch((error: unknown) => {
    console.log('result():', error instanceof TimeoutError ? error.code : error, '- the call is still', patient.state)
  })
  console.log('asked again:', await patient)

  const { done, notDone } = await wait([executor.submit(nap, 10), executor.submit(nap, 500)], { timeout: 200 })
  console.log(`wait(): ${done.size} done, ${notDone.size} not done, and nothing is thrown`)
  await Promise.all(notDone)

  const endless = executor.schedule({ fn: spin, args: [], timeout: 200, grace: 100 })
  await endless.catch((error: unknown) => {
    console.log('schedule():', error instanceof TimeoutError ? error.code : error, '- the endless loop is', endless.state)
  })
  console.log('the pool goes on:', await executor.submit(nap, 5))
}
