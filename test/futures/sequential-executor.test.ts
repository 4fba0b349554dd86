import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SequentialExecutor } from 'halyard/futures'
import { hold, square } from '../fixtures/tasks.js'
import { Stage } from '../support/stage.js'
import { executorContract } from './executor-contract.js'
import { inThisThread } from './contract/skips.js'

executorContract('SequentialExecutor', () => new SequentialExecutor(), {
  workerName: /^SequentialExecutor-\d+_0$/,
  inProcess: true,
  skip: [
    ...inThisThread,
    {
      reason: 'it runs one call at a time',
      tests: [
        'two workers run two calls at a time, and the third waits',
        'aborting one call does not touch its neighbour',
        'when warm, a free worker takes the next call, whoever is stuck',
        'map keeps the order of the inputs when calls finish in another one',
        'unordered gives results as they finish',
        'settled() and unordered: the index tells which input it was',
        "unordered and 'stop': the first failure ends the iteration",
        'two workers take four inputs of a generator',
        'a call keeps its name through its awaits, beside other calls',
        'a task may submit to its own executor while a slot is free',
        'a task may submit to another executor',
      ],
    },
    {
      reason: 'it has no options',
      tests: [
        'maxQueue counts only the calls that wait',
        'there is room again as soon as a waiting call starts',
        'cancelling a waiting call makes room',
        'ready waits for room in a full queue',
        'ready gives up after its timeout, and the queue is as before',
        'ready gives up when its signal is aborted, with the reason',
        'ready does not wait for ever for an executor that is shut down',
        'a producer that asks ready() before each submit never overfills the queue',
        'the name can be chosen, and slots count from 0',
      ],
    },
  ],
})

test('a sync function is finished when submit returns', async () => {
  await using executor = new SequentialExecutor()
  const future = executor.submit(square, 6)
  assert.equal(future.state, 'finished')
  assert.equal(future.resultNow(), 36)
})

test('an async function holds up everything behind it', async () => {
  await using stage = await Stage.build()
  await using executor = new SequentialExecutor()
  const first = executor.submit(hold, stage.port, 'a')
  const second = executor.submit(square, 6)
  assert.equal(second.state, 'pending')
  stage.cueAll()
  await first
  assert.equal(await second, 36)
})

test('thousands of sync calls in a row need no stack', async () => {
  await using executor = new SequentialExecutor()
  await using stage = await Stage.build()
  const first = executor.submit(hold, stage.port, 'a')
  const futures = Array.from({ length: 20_000 }, (_, index) => executor.submit(square, index))
  stage.cueAll()
  await first
  assert.equal(await futures.at(-1), 19_999 ** 2)
})
