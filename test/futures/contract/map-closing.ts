/** map(): leaving early cancels what has not started; merely losing interest does not. */
import assert from 'node:assert/strict'
import type { Executor, MapResults } from 'halyard/futures'
import * as work from '../../fixtures/tasks.js'
import { collected } from '../../support/garbage.js'
import type { Contract, Scene } from './scene.js'

/** Three calls on one worker, of which the first runs. */
async function threeCalls({ stage, port }: Scene, executor: Executor): Promise<MapResults<string>> {
  const results = executor.map(work.hold, [port, port, port], ['a', 'b', 'c'])
  await stage.heard('a')
  return results
}

/** Lets everything run that still wants to, and tells what ran. */
async function ran({ stage, port }: Scene, executor: Executor): Promise<string[]> {
  stage.cueAll()
  await executor.submit(work.say, port, 'last')
  return stage.said
}

const done = { done: true, value: undefined }

export function mapClosingContract({ test }: Contract): void {
  test('return() cancels what has not started', async (scene) => {
    const results = await threeCalls(scene, scene.single)
    scene.stage.cue('a')
    assert.equal((await results.next()).value, 'a')
    await scene.stage.heard('b')
    assert.deepEqual(await results.return?.(), done)
    assert.equal(scene.single.stats.queued, 0)
    assert.deepEqual(await ran(scene, scene.single), ['a', 'b', 'last'])
  })

  test('return() cancels even if iteration has never begun', async (scene) => {
    const results = await threeCalls(scene, scene.single)
    await results.return?.()
    assert.deepEqual(await results.next(), done)
    assert.deepEqual(await ran(scene, scene.single), ['a', 'last'])
  })

  test('disposing cancels what has not started', async (scene) => {
    {
      await using results = await threeCalls(scene, scene.single)
      assert.ok(results)
    }
    assert.deepEqual(await ran(scene, scene.single), ['a', 'last'])
  })

  test('break cancels what has not started', async (scene) => {
    const results = await threeCalls(scene, scene.single)
    scene.stage.cue('a')
    for await (const value of results) if (value === 'a') break
    assert.deepEqual(await results.next(), done)
    assert.deepEqual(await ran(scene, scene.single), ['a', 'b', 'last'])
  })

  test('closing twice, or after the end, does nothing', async ({ pair }) => {
    const results = pair.map(work.square, [1, 2])
    assert.deepEqual(await results.toArray(), [1, 4])
    assert.deepEqual(await results.return?.(), done)
    await results[Symbol.asyncDispose]()
    await results[Symbol.asyncDispose]()
    assert.deepEqual(await results.next(), done)
  })

  test('closing does not interrupt a running call', async (scene) => {
    const results = await threeCalls(scene, scene.single)
    const { completed } = scene.single.stats
    await results.return?.()
    assert.equal(scene.single.stats.busy, 1)
    await ran(scene, scene.single)
    assert.equal(scene.single.stats.completed, completed + 2)
  })

  test('closing while a next() waits ends that next()', async (scene) => {
    const results = await threeCalls(scene, scene.single)
    const waiting = results.next().then(
      () => 'settled',
      () => 'settled',
    )
    await results.return?.()
    scene.stage.cueAll()
    assert.equal(await waiting, 'settled')
  })

  test('results that are merely dropped and collected cancel nothing', async (scene) => {
    const executor = scene.make({ maxWorkers: 1 })
    const reference = new WeakRef(await threeCalls(scene, executor))
    await collected(reference)
    scene.stage.cueAll()
    await executor.shutdown()
    assert.deepEqual(scene.stage.said, ['a', 'b', 'c'])
  })

  test('what was submitted runs to the end though nobody iterates', async (scene) => {
    const executor = scene.make({ maxWorkers: 1 })
    const results = await threeCalls(scene, executor)
    scene.stage.cueAll()
    await executor.shutdown()
    assert.deepEqual(scene.stage.said, ['a', 'b', 'c'])
    assert.deepEqual(await results.toArray(), ['a', 'b', 'c'])
  })

  test('a bounded map on an executor that was shut down is complete or fails, but is never silently short', async (scene) => {
    const executor = scene.make({ maxWorkers: 1 })
    const results = executor.map(work.squareLater, [1, 2, 3, 4, 5], { buffersize: 1 })
    const closed = executor.shutdown()
    const outcome = await results.toArray().then(
      (values) => values,
      (error: { code?: string }) => error.code,
    )
    await closed
    if (Array.isArray(outcome)) assert.deepEqual(outcome, [1, 4, 9, 16, 25])
    else assert.equal(outcome, 'ERR_EXECUTOR_SHUTDOWN')
  })

  test('cancelFutures ends a map that is being iterated, with an error', async (scene) => {
    const executor = scene.make({ maxWorkers: 1 })
    const results = await threeCalls(scene, executor)
    const closed = executor.shutdown({ cancelFutures: true })
    scene.stage.cueAll()
    assert.equal((await results.next()).value, 'a')
    await assert.rejects(results.next(), { code: 'ERR_FUTURE_CANCELLED' })
    await closed
  })
}
