/**
 * Calling work off: before it starts, while it runs, and through a signal that others hold.
 *
 * `cancel()` is Python's: it takes back a call that still waits, and refuses one that runs. `abort()` also reaches a running call, through the
 * signal in `currentTask()`, so that it can put down what it holds before it leaves.
 *
 *   npm run build && node build/examples/05-cancellation.js
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { CancelledError, ThreadPoolExecutor, currentTask, isMain, type Future } from 'halyard/futures'

/** Works in small steps and stops at the first one after its signal. */
export async function count(to: number): Promise<number> {
  const task = currentTask()
  try {
    for (let i = 0; i < to; i++) {
      task?.report(i)
      await sleep(10, undefined, { signal: task?.signal })
    }
    return to
  } finally {
    if (task?.signal.aborted) console.log(`count(${to}) puts its tools away: ${task.signal.reason}`)
  }
}

/** Waits for a call's first report: until it really works. */
async function firstStep({ progress }: Future<unknown>): Promise<void> {
  for await (const _ of progress) return
}

if (isMain(import.meta)) {
  await using executor = new ThreadPoolExecutor({ maxWorkers: 1 })

  const running = executor.submit(count, 1000)
  const waiting = executor.submit(count, 2)
  console.log('cancel() of a waiting call:', waiting.cancel(), waiting)
  console.log('cancel() of a running call:', running.cancel(), running)

  const started = executor.submit(count, 3) // runs as soon as the first one has left
  await firstStep(running)
  console.log('abort() of a running call:', running.abort('no longer needed'), running)
  await running.catch((error: unknown) => {
    if (error instanceof CancelledError) console.log(`its result: CancelledError, because ${String(error.cause)}`)
  })
  console.log('the next in the queue:', await started)

  const controller = new AbortController()
  const calls = [50, 60, 70].map((to) => executor.schedule({ fn: count, args: [to], signal: controller.signal }))
  await firstStep(calls[0]!)
  controller.abort('the whole batch') // one of them runs, two wait
  const outcomes = await Promise.allSettled(calls)
  console.log('one signal for a batch:', outcomes.map(({ status }) => status).join(', '))
}
