import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ProcessPoolExecutor } from 'halyard/futures'
import { hold, whoAmI } from '../fixtures/tasks.js'
import { Stage } from '../support/stage.js'
import { poolContract } from './contract/pool.js'
import { inWorkers } from './contract/skips.js'
import { executorContract } from './executor-contract.js'

executorContract('ProcessPoolExecutor', (options) => new ProcessPoolExecutor(options), {
  workerName: /^ProcessPoolExecutor-\d+_\d+$/,
  inProcess: false,
  skip: inWorkers,
})

poolContract('ProcessPoolExecutor', (options) => new ProcessPoolExecutor(options), 'process')

describe('ProcessPoolExecutor', () => {
  test('runs its calls in other processes', async () => {
    await using pool = new ProcessPoolExecutor(1)
    const { pid } = await pool.submit(whoAmI)
    assert.notEqual(pid, process.pid)
  })

  test('runs one call at a time in a process', async () => {
    await using stage = await Stage.build()
    await using pool = new ProcessPoolExecutor(2)
    const futures = ['a', 'b', 'c'].map((name) => pool.submit(hold, stage.port, name))
    await stage.heard('a', 'b')
    assert.equal(futures[2]?.state, 'pending')
    stage.cueAll()
    await Promise.all(futures)
    assert.equal(pool.stats.workers, 2)
  })

  test('runs several calls in a process when told to', async () => {
    await using stage = await Stage.build()
    await using pool = new ProcessPoolExecutor({ maxWorkers: 3, callsPerProcess: 3 })
    const futures = ['a', 'b', 'c'].map((name) => pool.submit(hold, stage.port, name))
    await stage.heard('a', 'b', 'c')
    stage.cueAll()
    await Promise.all(futures)
    assert.equal(pool.stats.workers, 1)
  })
})
