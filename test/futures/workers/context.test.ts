import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { add } from '../../fixtures/workers/arithmetic.js'
import { throwHttpError } from '../../fixtures/workers/errors.js'
import { testPools } from '../../support/worker-pools.js'

testPools("callbacks see the submitter's AsyncLocalStorage context, each its own", async ({ open }) => {
  const storage = new AsyncLocalStorage<string>()
  const pool = open({ maxWorkers: 2 })
  const seen: string[] = []
  const requests = Array.from({ length: 12 }, (_, i) =>
    storage.run(`request ${i}`, () =>
      pool
        .submit(add, i, i)
        .addDoneCallback((future) => seen.push(`${storage.getStore()} ${future.resultNow()}`))
        .then(() => storage.getStore()),
    ),
  )
  assert.deepEqual(
    await Promise.all(requests),
    requests.map((_, i) => `request ${i}`),
  )
  assert.deepEqual(seen.sort(), requests.map((_, i) => `request ${i} ${2 * i}`).sort())
})

testPools('callbacks of a failed and of a cancelled call see the context too', async ({ open }) => {
  const storage = new AsyncLocalStorage<string>()
  const pool = open({ maxWorkers: 1 })
  const seen: (string | undefined)[] = []
  const [failing, cancelled] = storage.run('a request', () => {
    const both = [pool.submit(throwHttpError, 500), pool.submit(add, 1, 1)] as const
    for (const future of both) future.addDoneCallback(() => seen.push(storage.getStore()))
    return both
  })
  storage.run('somebody else', () => cancelled.cancel())
  await failing.exception()
  assert.deepEqual(seen, ['a request', 'a request'])
})

testPools("the iteration of map() keeps the iterator's own context", async ({ open }) => {
  const storage = new AsyncLocalStorage<string>()
  const pool = open({ maxWorkers: 2 })
  await storage.run('the loop', async () => {
    for await (const sum of pool.map(add, [1, 2, 3], [1, 1, 1])) {
      assert.equal(typeof sum, 'number')
      assert.equal(storage.getStore(), 'the loop')
    }
  })
})
