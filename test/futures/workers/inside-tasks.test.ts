import assert from 'node:assert/strict'
import { currentTask, NestedSubmitError, NotSerializableError, type Future } from 'halyard/futures'
import { myToken } from '../../fixtures/workers/identity.js'
import {
  reportAndFail,
  reportFunction,
  reportSteps,
  submitToOwnPool,
  taskAfterAwait,
  useEventLoop,
} from '../../fixtures/workers/nesting.js'
import { rejectionOf, testPools } from '../../support/worker-pools.js'

async function collect(future: Future<unknown>): Promise<unknown[]> {
  const reports: unknown[] = []
  for await (const report of future.progress) reports.push(report)
  return reports
}

testPools('a task that submits to a pool gets a NestedSubmitError that says what to do', async ({ open }) => {
  const error = await rejectionOf(NestedSubmitError, open({ maxWorkers: 1 }).submit(submitToOwnPool, false))
  assert.equal(error.code, 'ERR_NESTED_SUBMIT')
  assert.match(error.message, /allowNested/)
  assert.match(error.message, /add/)
})

testPools('allowNested lets a task have a pool of its own', async ({ open }) => {
  assert.equal(await open({ maxWorkers: 1 }).submit(submitToOwnPool, true), 42)
})

testPools('a task may use an executor of its own event loop', async ({ open }) => {
  assert.deepEqual(await open({ maxWorkers: 1 }).submit(useEventLoop), [2, 4, 6])
})

testPools('what a task reports arrives in order and ends with the call', async ({ open }) => {
  const future = open({ maxWorkers: 1, name: 'Mast' }).submit(reportSteps, 10)
  assert.deepEqual(
    await collect(future),
    Array.from({ length: 10 }, (_, i) => ({ step: i + 1, worker: 'Mast_0' })),
  )
  assert.equal(future.done(), true)
  assert.equal(await future, 'done')
})

testPools('reports of calls that share a worker reach each its own future', async ({ openShared }) => {
  const pool = openShared(4)
  const futures = [3, 5, 7, 9].map((steps) => pool.submit(reportSteps, steps))
  const reports = await Promise.all(futures.map(collect))
  assert.deepEqual(
    reports.map((own) => own.map((report) => (report as { step: number }).step)),
    [3, 5, 7, 9].map((steps) => Array.from({ length: steps }, (_, i) => i + 1)),
  )
})

testPools('the progress of a call that fails or dies ends as well', async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  const failing = pool.submit(reportAndFail)
  assert.deepEqual(await collect(failing), ['about to fail'])
  await rejectionOf(RangeError, failing)
  const terminated = open({ maxWorkers: 1 })
  const future = terminated.submit(reportSteps, 1_000_000)
  const { value } = (await future.progress[Symbol.asyncIterator]().next()) as { value: { step: number } }
  assert.equal(value.step, 1)
  await Promise.all([collect(future), terminated.killWorkers()])
  assert.equal(future.done(), true)
})

testPools('a report that cannot be sent throws in the task, which may tell its caller', async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  const before = await pool.submit(myToken)
  const error = await rejectionOf(NotSerializableError, pool.submit(reportFunction))
  assert.match(error.message, /report/)
  assert.equal(await pool.submit(myToken), before)
})

testPools(
  'currentTask() is known after an await, also where calls share a worker, and undefined outside',
  async ({ openShared }) => {
    const pool = openShared(3, { name: 'Mast' })
    const seen = await Promise.all([1, 2, 3].map(() => pool.submit(taskAfterAwait)))
    assert.deepEqual(seen.map(({ worker }) => String(worker)).sort(), ['Mast_0', 'Mast_1', 'Mast_2'])
    assert.deepEqual([...new Set(seen.map(({ attempt }) => attempt))], [1])
    assert.equal(currentTask(), undefined)
  },
)
