/**
 * The same promises on an executor that has just run hundreds of quick calls. Whatever it has learnt from them, and whatever it does ahead of
 * time because of it, must not be seen.
 */
import assert from 'node:assert/strict'
import type { Executor } from 'halyard/futures'
import * as work from '../../fixtures/tasks.js'
import type { Contract } from './scene.js'

async function warmed(executor: Executor): Promise<Executor> {
  for (let count = 0; count < 20; count += 1) await executor.submit(work.square, count)
  await Promise.all(Array.from({ length: 300 }, (_, index) => executor.submit(work.square, index)))
  return executor
}

export function warmContract({ test }: Contract): void {
  test('when warm, a pending call is nowhere yet', async ({ single, stage, port }) => {
    const executor = await warmed(single)
    const first = executor.submit(work.hold, port, 'a')
    const second = executor.submit(work.hold, port, 'b')
    assert.deepEqual([first.state, second.state, executor.stats.busy, executor.stats.queued], ['running', 'pending', 1, 1])
    assert.deepEqual([second.timing.started, second.timing.worker], [undefined, undefined])
    stage.cueAll()
    await Promise.all([first, second])
  })

  test('when warm, priority still decides who is next', async ({ single, stage, port }) => {
    const executor = await warmed(single)
    const futures = [
      executor.submit(work.hold, port, 'first'),
      executor.submit(work.hold, port, 'normal'),
      executor.schedule({ fn: work.hold, args: [port, 'high'], priority: 5 }),
    ]
    stage.cueAll()
    await Promise.all(futures)
    assert.deepEqual(stage.said, ['first', 'high', 'normal'])
  })

  test('when warm, a pending call can be cancelled and never runs', async ({ single, stage, port }) => {
    const executor = await warmed(single)
    const futures = ['a', 'b', 'c', 'd'].map((name) => executor.submit(work.hold, port, name))
    assert.equal(futures[1]?.cancel(), true)
    assert.equal(futures[2]?.cancel(), true)
    stage.cueAll()
    await Promise.allSettled(futures)
    assert.deepEqual(stage.said, ['a', 'd'])
  })

  test('when warm, one worker still runs one call at a time, in order', async ({ single, stage, port }) => {
    const executor = await warmed(single)
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const futures = names.map((name) => executor.submit(work.hold, port, name))
    for (const [index, name] of names.entries()) {
      await stage.heard(name)
      assert.deepEqual(stage.said, names.slice(0, index + 1))
      stage.cue(name)
    }
    await Promise.all(futures)
  })

  test('when warm, a free worker takes the next call, whoever is stuck', async ({ pair, stage, port }) => {
    const executor = await warmed(pair)
    const stuck = executor.submit(work.hold, port, 'stuck')
    const names = Array.from({ length: 12 }, (_, index) => `${index}`)
    stage.cue(...names)
    const others = names.map((name) => executor.submit(work.hold, port, name))
    await Promise.all(others)
    assert.equal(stuck.state, 'running')
    stage.cueAll()
    await stuck
  })

  test('when warm, cancelFutures cancels everything that has not started', async ({ make, stage, port }) => {
    const executor = await warmed(make({ maxWorkers: 1 }))
    const futures = ['a', 'b', 'c'].map((name) => executor.submit(work.hold, port, name))
    await stage.heard('a')
    const closed = executor.shutdown({ cancelFutures: true })
    assert.deepEqual(
      futures.map(({ state }) => state),
      ['running', 'cancelled', 'cancelled'],
    )
    stage.cueAll()
    await closed
    assert.deepEqual(stage.said, ['a'])
  })

  test('when warm, closing a map cancels what has not started', async ({ single, stage, port }) => {
    const executor = await warmed(single)
    const results = executor.map(work.hold, [port, port, port], ['a', 'b', 'c'])
    await stage.heard('a')
    await results.return?.()
    stage.cueAll()
    await executor.submit(work.say, port, 'last')
    assert.deepEqual(stage.said, ['a', 'last'])
  })

  test('when warm, a timeout still ends a call that waits', async ({ single, stage, port }) => {
    const executor = await warmed(single)
    const first = executor.submit(work.hold, port, 'a')
    const second = executor.schedule({ fn: work.hold, args: [port, 'never'], timeout: 20 })
    await assert.rejects(second.result(), { code: 'ERR_FUTURE_TIMEOUT' })
    stage.cueAll()
    await first
    await executor.submit(work.say, port, 'last')
    assert.deepEqual(stage.said, ['a', 'last'])
  })
}
