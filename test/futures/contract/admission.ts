/** maxQueue, trySubmit() and ready(): back-pressure at the door. */
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { QueueFullError } from 'halyard/futures'
import * as work from '../../fixtures/tasks.js'
import type { Contract } from './scene.js'

export function admissionContract({ test }: Pick<Contract, 'test'>): void {
  test('trySubmit submits when there is room', async ({ pair }) => {
    assert.equal(await pair.trySubmit(work.add, 1, 2), 3)
  })

  test('ready resolves at once when there is room', async ({ pair, port, stage }) => {
    await pair.ready()
    const futures = ['a', 'b', 'c'].map((name) => pair.submit(work.hold, port, name))
    await pair.ready()
    stage.cueAll()
    await Promise.all(futures)
  })

  test('maxQueue counts only the calls that wait', async ({ make, port, stage }) => {
    const executor = make({ maxWorkers: 1, maxQueue: 2 })
    const futures = ['a', 'b', 'c'].map((name) => executor.submit(work.hold, port, name))
    assert.equal(executor.stats.queued, 2)
    assert.throws(
      () => executor.submit(work.hold, port, 'd'),
      (error) => error instanceof QueueFullError && error.code === 'ERR_QUEUE_FULL',
    )
    assert.throws(() => executor.schedule({ fn: work.hold, args: [port, 'd'] }), QueueFullError)
    assert.equal(executor.trySubmit(work.hold, port, 'd'), undefined)
    stage.cueAll()
    assert.deepEqual(await Promise.all(futures), ['a', 'b', 'c'])
    assert.deepEqual(stage.said, ['a', 'b', 'c'])
  })

  test('there is room again as soon as a waiting call starts', async ({ make, port, stage }) => {
    const executor = make({ maxWorkers: 1, maxQueue: 1 })
    const [first] = ['a', 'b'].map((name) => executor.submit(work.hold, port, name))
    assert.equal(executor.trySubmit(work.hold, port, 'c'), undefined)
    stage.cue('a')
    await first
    await stage.heard('b')
    const third = executor.trySubmit(work.hold, port, 'c')
    stage.cueAll()
    assert.equal(await third, 'c')
  })

  test('cancelling a waiting call makes room', ({ make, port }) => {
    const executor = make({ maxWorkers: 1, maxQueue: 1 })
    const [, second] = ['a', 'b'].map((name) => executor.submit(work.hold, port, name))
    assert.equal(executor.trySubmit(work.hold, port, 'c'), undefined)
    second?.cancel()
    assert.notEqual(executor.trySubmit(work.hold, port, 'c'), undefined)
  })

  test('ready waits for room in a full queue', async ({ make, port, stage }) => {
    const executor = make({ maxWorkers: 1, maxQueue: 1 })
    const [first] = ['a', 'b'].map((name) => executor.submit(work.hold, port, name))
    let ready = false
    const waiting = executor.ready().then(() => (ready = true))
    await work.say(port, 'the test')
    assert.equal(ready, false)
    stage.cue('a')
    await first
    await waiting
    assert.notEqual(executor.trySubmit(work.hold, port, 'c'), undefined)
  })

  test('ready gives up after its timeout, and the queue is as before', async ({ make, port }) => {
    const executor = make({ maxWorkers: 1, maxQueue: 1 })
    for (const name of ['a', 'b']) executor.submit(work.hold, port, name)
    await assert.rejects(executor.ready({ timeout: 10 }), { code: 'ERR_FUTURE_TIMEOUT' })
    assert.equal(executor.stats.queued, 1)
  })

  test('ready gives up when its signal is aborted, with the reason', async ({ make, port }) => {
    const executor = make({ maxWorkers: 1, maxQueue: 1 })
    for (const name of ['a', 'b']) executor.submit(work.hold, port, name)
    const controller = new AbortController()
    const reason = new Error('no patience')
    const waiting = executor.ready({ signal: controller.signal })
    controller.abort(reason)
    await assert.rejects(waiting, (error) => error === reason)
    await assert.rejects(executor.ready({ signal: AbortSignal.abort(reason) }), (error) => error === reason)
    assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
  })

  test('ready does not wait for ever for an executor that is shut down', async ({ make, port }) => {
    const executor = make({ maxWorkers: 1, maxQueue: 1 })
    for (const name of ['a', 'b']) executor.submit(work.hold, port, name)
    const waiting = executor.ready().then(
      () => 'settled',
      () => 'settled',
    )
    void executor.shutdown({ cancelFutures: true })
    assert.equal(await waiting, 'settled')
  })

  test('a producer that asks ready() before each submit never overfills the queue', async ({ make, port, stage }) => {
    const executor = make({ maxWorkers: 1, maxQueue: 2 })
    stage.cueAll()
    const futures: PromiseLike<string>[] = []
    for (let index = 0; index < 20; index += 1) {
      await executor.ready()
      futures.push(executor.submit(work.hold, port, `${index}`))
      assert.ok(executor.stats.queued <= 2)
    }
    await Promise.all(futures)
    assert.deepEqual(
      stage.said,
      futures.map((_, index) => `${index}`),
    )
  })
}
