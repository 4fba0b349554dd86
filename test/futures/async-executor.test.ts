import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { describe, test } from 'node:test'
import { AsyncExecutor } from 'halyard/futures'
import { hold, square } from '../fixtures/tasks.js'
import { Stage } from '../support/stage.js'
import { inThisThread } from './contract/skips.js'
import { executorContract } from './executor-contract.js'

executorContract('AsyncExecutor', (options) => new AsyncExecutor(options), {
  workerName: /^AsyncExecutor-\d+_\d+$/,
  inProcess: true,
  skip: inThisThread,
})

describe('AsyncExecutor', () => {
  test('takes the number of its slots as a number', async () => {
    await using stage = await Stage.build()
    await using executor = new AsyncExecutor(3)
    const futures = ['a', 'b', 'c', 'd'].map((name) => executor.submit(hold, stage.port, name))
    assert.deepEqual([executor.stats.busy, executor.stats.queued], [3, 1])
    stage.cueAll()
    await Promise.all(futures)
  })

  test('runs four calls more than there are processors, 32 at most, when nobody says a number', async () => {
    await using stage = await Stage.build()
    await using executor = new AsyncExecutor()
    const slots = Math.min(32, availableParallelism() + 4)
    const futures = Array.from({ length: 40 }, (_, index) => executor.submit(hold, stage.port, `${index}`))
    assert.deepEqual([executor.stats.busy, executor.stats.queued], [slots, 40 - slots])
    stage.cueAll()
    await Promise.all(futures)
  })

  for (const maxWorkers of [0, -1]) {
    test(`refuses ${maxWorkers} workers`, () => {
      assert.throws(() => new AsyncExecutor(maxWorkers), { name: 'RangeError', message: /maxWorkers must be greater than 0/ })
      assert.throws(() => new AsyncExecutor({ maxWorkers }), { name: 'RangeError', message: /maxWorkers must be greater than 0/ })
    })
  }

  for (const maxWorkers of [1.5, Number.NaN, '4' as unknown as number]) {
    test(`refuses ${JSON.stringify(maxWorkers)} as a number of workers`, () => {
      assert.throws(() => new AsyncExecutor({ maxWorkers }), /maxWorkers/)
    })
  }

  test('starts a sync function inside submit, so that it is finished when submit returns', async () => {
    await using executor = new AsyncExecutor(2)
    const future = executor.submit(square, 6)
    assert.equal(future.state, 'finished')
    assert.equal(future.resultNow(), 36)
  })

  test('thousands of sync calls in a row need no stack', async () => {
    await using stage = await Stage.build()
    await using executor = new AsyncExecutor(1)
    const first = executor.submit(hold, stage.port, 'a')
    const futures = Array.from({ length: 20_000 }, (_, index) => executor.submit(square, index))
    stage.cueAll()
    await first
    assert.equal(await futures.at(-1), 19_999 ** 2)
  })

  test('a waiting call of a task that has given up its slot can still be served', async () => {
    await using executor = new AsyncExecutor(2)
    const deep = async (depth: number): Promise<number> => (depth === 0 ? 0 : 1 + (await executor.submit(deep, depth - 1)))
    assert.equal(await executor.submit(deep, 1), 1)
    await assert.rejects(executor.submit(deep, 5).result(), { code: 'ERR_NESTED_SUBMIT' })
    assert.equal(executor.stats.busy, 0)
  })
})
