import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AsyncExecutor } from 'halyard/futures'

test('shutdown waits until every aborted call has ended, not only the first of them', async () => {
  const executor = new AsyncExecutor(2)
  const ends: (() => void)[] = []
  const futures = [1, 2].map(() => executor.submit(() => new Promise<void>((resolve) => ends.push(resolve))))
  for (const future of futures) future.abort()
  let isDown = false
  const down = executor.shutdown().then(() => {
    isDown = true
  })
  ends[0]!()
  await new Promise(setImmediate)
  assert.equal(isDown, false)
  ends[1]!()
  await down
})
