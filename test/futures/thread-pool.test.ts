import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ThreadPoolExecutor } from 'halyard/futures'
import { hold, whoAmI } from '../fixtures/tasks.js'
import { Stage } from '../support/stage.js'
import { poolContract } from './contract/pool.js'
import { inWorkers } from './contract/skips.js'
import { executorContract } from './executor-contract.js'

executorContract('ThreadPoolExecutor', (options) => new ThreadPoolExecutor(options), {
  workerName: /^ThreadPoolExecutor-\d+_\d+$/,
  inProcess: false,
  skip: inWorkers,
})

poolContract('ThreadPoolExecutor', (options) => new ThreadPoolExecutor(options), 'thread')

describe('ThreadPoolExecutor', () => {
  test('runs its calls in other threads of this process', async () => {
    await using pool = new ThreadPoolExecutor(1)
    const { pid, threadId } = await pool.submit(whoAmI)
    assert.equal(pid, process.pid)
    assert.notEqual(threadId, 0)
  })

  test('carries many calls on few threads, each under a name of its own', async () => {
    await using stage = await Stage.build()
    await using pool = new ThreadPoolExecutor({ maxWorkers: 6, threads: 1 })
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const futures = names.map((name) => pool.submit(hold, stage.port, name))
    await stage.heard(...names)
    stage.cueAll()
    await Promise.all(futures)
    assert.equal(new Set(futures.map(({ timing }) => timing.worker)).size, 6)
    const seen = await pool.map(whoAmI as (_: number) => ReturnType<typeof whoAmI>, [1, 2, 3, 4, 5, 6]).toArray()
    assert.equal(new Set(seen.map(({ threadId }) => threadId)).size, 1)
  })

  test('with as many threads as workers, calls that run together run in different threads', async () => {
    await using stage = await Stage.build()
    await using pool = new ThreadPoolExecutor({ maxWorkers: 2, threads: 2 })
    const futures = ['a', 'b'].map((name) => pool.submit(hold, stage.port, name))
    await stage.heard('a', 'b')
    stage.cueAll()
    await Promise.all(futures)
    assert.equal(pool.stats.workers, 2)
  })
})
