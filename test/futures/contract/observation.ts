/** What can be seen from outside and from inside: stats, names, timing, currentTask(), progress. */
import assert from 'node:assert/strict'
import { currentTask } from 'halyard/futures'
import * as work from '../../fixtures/tasks.js'
import type { Contract } from './scene.js'

export function observationContract(contract: Contract): void {
  stats(contract)
  names(contract)
  inside(contract)
}

function stats({ test }: Pick<Contract, 'test'>): void {
  test('stats count who is busy, what waits, and how calls ended; the cancelled are in neither', async ({
    make,
    stage,
    port,
  }) => {
    const executor = make({ maxWorkers: 1 })
    const counts = () => {
      const { busy, queued, completed, failed } = executor.stats
      return { busy, queued, completed, failed }
    }
    assert.deepEqual(counts(), { busy: 0, queued: 0, completed: 0, failed: 0 })
    const futures = ['a', 'b'].map((name) => executor.submit(work.hold, port, name))
    const cancelled = executor.submit(work.hold, port, 'c')
    const failing = executor.submit(work.fail, 'no')
    assert.deepEqual(counts(), { busy: 1, queued: 3, completed: 0, failed: 0 })
    cancelled.cancel()
    assert.deepEqual(counts(), { busy: 1, queued: 2, completed: 0, failed: 0 })
    stage.cueAll()
    await Promise.allSettled([...futures, failing])
    await executor.shutdown()
    assert.deepEqual(counts(), { busy: 0, queued: 0, completed: 2, failed: 1 })
  })

  test('a call is counted before its callbacks run', async ({ make }) => {
    const executor = make({ maxWorkers: 1 })
    const seen: number[] = []
    const future = executor.submit(work.squareLater, 2)
    future.addDoneCallback(() => seen.push(executor.stats.completed))
    await future
    assert.deepEqual(seen, [1])
  })

  test('an aborted call still keeps its worker busy until it has ended', async ({ single, stage, port }) => {
    const { completed, failed } = single.stats
    const future = single.submit(work.holdPastAbort, port, 'a')
    await stage.heard('a')
    future.abort()
    assert.equal(single.stats.busy, 1)
    await stage.heard('a leaves')
    stage.cueAll()
    await single.submit(work.square, 2)
    assert.deepEqual([single.stats.completed, single.stats.failed], [completed + 1, failed])
  })
}

const slot = (worker: string): number => Number(/_(\d+)$/.exec(worker)?.[1])

function names({ test, capabilities }: Pick<Contract, 'test' | 'capabilities'>): void {
  test('a worker is called by its class, a number and its slot', async ({ pair }) => {
    const { worker } = await pair.submit(work.whoAmI)
    assert.match(worker, capabilities.workerName)
    assert.ok(slot(worker) < 2)
  })

  test('two executors never share a name', async ({ make }) => {
    const [one, other] = [make({ maxWorkers: 1 }), make({ maxWorkers: 1 })]
    const workers = await Promise.all([one, other].map((executor) => executor.submit(work.whoAmI)))
    assert.equal(new Set(workers.map(({ worker }) => worker)).size, 2)
  })

  test('the name can be chosen, and slots count from 0', async ({ make, stage, port }) => {
    const executor = make({ maxWorkers: 2, name: 'SpecialPool' })
    const both = ['a', 'b'].map((name) => executor.submit(work.whoAmILater, port, name))
    await stage.heard('a', 'b')
    stage.cueAll()
    const workers = await Promise.all(both)
    assert.deepEqual(workers.map(({ before }) => before).sort(), ['SpecialPool_0', 'SpecialPool_1'])
  })

  test('a call keeps its name through its awaits, beside other calls', async ({ pair, stage, port }) => {
    const both = ['a', 'b'].map((name) => pair.submit(work.whoAmILater, port, name))
    await stage.heard('a', 'b')
    stage.cue('b')
    await both[1]
    stage.cue('a')
    for (const { before, after } of await Promise.all(both)) assert.equal(after, before)
  })

  test('a freed slot is used again', async ({ single }) => {
    const workers = [await single.submit(work.whoAmI), await single.submit(work.whoAmI), await single.submit(work.whoAmI)]
    assert.deepEqual(new Set(workers.map(({ worker }) => slot(worker))), new Set([0]))
  })

  test('the future tells when the call was created, started and finished, and where', async ({ single, stage, port }) => {
    const before = performance.timeOrigin + performance.now()
    const first = single.submit(work.hold, port, 'a')
    const second = single.submit(work.whoAmI)
    assert.equal(typeof first.timing.started, 'number')
    assert.equal(second.timing.started, undefined)
    assert.equal(second.timing.worker, undefined)
    assert.equal(first.timing.finished, undefined)
    stage.cueAll()
    const { worker } = await second
    const { timing } = second
    assert.equal(timing.worker, worker)
    assert.ok(before <= timing.created && timing.created <= timing.started! && timing.started! <= timing.finished!)
    assert.ok(first.timing.finished! <= timing.started!)
    assert.ok(timing.finished! <= performance.timeOrigin + performance.now())
  })

  test('a cancelled call never started anywhere', async ({ single, stage, port }) => {
    const first = single.submit(work.hold, port, 'a')
    const second = single.submit(work.square, 2)
    second.cancel()
    assert.equal(second.timing.started, undefined)
    assert.equal(second.timing.worker, undefined)
    assert.equal(typeof second.timing.finished, 'number')
    stage.cueAll()
    await first
  })
}

function inside({ test }: Pick<Contract, 'test'>): void {
  test('currentTask() is there inside a task, and only there', async ({ pair }) => {
    assert.equal(currentTask(), undefined)
    const { attempt, aborted } = await pair.submit(work.whoAmI)
    assert.deepEqual({ attempt, aborted }, { attempt: 1, aborted: false })
    assert.equal(currentTask(), undefined)
  })

  test('currentTask() is there inside map and inside chunks', async ({ pair }) => {
    for (const options of [{}, { chunksize: 2 }]) {
      const workers = await pair.map(work.whoAmIFor, [1, 2, 3], options).toArray()
      assert.deepEqual(
        workers.map(({ attempt }) => attempt),
        [1, 1, 1],
      )
    }
  })

  test('a done callback is outside the task', async ({ pair }) => {
    let seen: unknown = 'not called'
    const future = pair.submit(work.squareLater, 2)
    future.addDoneCallback(() => (seen = currentTask()))
    await future
    assert.equal(seen, undefined)
  })

  test('what the task reports is the progress of its future, and ends with it', async ({ pair, stage, port }) => {
    const steps = [1, 'two', { three: [3] }, null]
    const future = pair.submit(work.reportAfterCue, port, 'a', steps)
    const heard: unknown[] = []
    const listening = (async () => {
      for await (const step of future.progress) heard.push(step)
    })()
    stage.cue('a')
    await listening
    assert.deepEqual(heard, steps)
    assert.equal(await future, 4)
  })

  test('each call has its own progress', async ({ pair, stage, port }) => {
    const futures = ['a', 'b'].map((name) => pair.submit(work.reportAfterCue, port, name, [name, name]))
    const heard = futures.map(async ({ progress }) => {
      const steps: unknown[] = []
      for await (const step of progress) steps.push(step)
      return steps
    })
    stage.cueAll()
    assert.deepEqual(await Promise.all(heard), [
      ['a', 'a'],
      ['b', 'b'],
    ])
  })

  test('progress may be ignored, and left early', async ({ pair, stage, port }) => {
    stage.cue('ignored')
    assert.equal(await pair.submit(work.reportAfterCue, port, 'ignored', [1, 2]), 2)
    const future = pair.submit(work.reportAfterCue, port, 'left', [1, 2, 3])
    const first = (async () => {
      for await (const step of future.progress) return step
      return 'nothing'
    })()
    stage.cueAll()
    assert.equal(await first, 1)
    assert.equal(await future, 3)
  })

  test('the progress of a failed or cancelled call ends without an error', async ({ single, stage, port }) => {
    const failing = single.submit(work.holdThenFail, port, 'a')
    const cancelled = single.submit(work.square, 2)
    const listening = [failing, cancelled].map(async ({ progress }) => {
      for await (const step of progress) assert.fail(`reported ${String(step)}`)
    })
    cancelled.cancel()
    stage.cueAll()
    await Promise.all(listening)
    await assert.rejects(failing.result())
  })
}
