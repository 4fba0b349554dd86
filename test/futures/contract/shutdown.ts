/** shutdown(), disposal and use(): what still runs, what is refused, and when it is over. */
import assert from 'node:assert/strict'
import { CancelledError, ExecutorShutdownError, type Executor } from 'halyard/futures'
import * as work from '../../fixtures/tasks.js'
import type { Contract, Scene } from './scene.js'

const MESSAGE = 'cannot schedule new futures after shutdown'

/** One call that runs and two that wait, on an executor of one worker. */
async function busyExecutor({ make, stage, port }: Scene) {
  const executor = make({ maxWorkers: 1 })
  const [running, second, third] = [
    executor.submit(work.hold, port, 'a'),
    executor.submit(work.hold, port, 'b'),
    executor.submit(work.hold, port, 'c'),
  ]
  await stage.heard('a')
  return { executor, running, second, third }
}

const isShutdownError = (error: unknown): boolean =>
  error instanceof ExecutorShutdownError && error.code === 'ERR_EXECUTOR_SHUTDOWN' && error.message === MESSAGE

function refusesEverything(executor: Executor): void {
  assert.throws(() => executor.submit(work.square, 2), isShutdownError)
  assert.throws(() => executor.schedule({ fn: work.square, args: [2] }), isShutdownError)
  assert.throws(() => executor.trySubmit(work.square, 2), isShutdownError)
  assert.throws(() => executor.map(work.square, [1, 2]), isShutdownError)
}

export function shutdownContract(contract: Contract): void {
  ends(contract)
  cancels(contract)
  scopes(contract)
}

function ends({ test }: Pick<Contract, 'test'>): void {
  test('after shutdown nothing is taken any more', async ({ make }) => {
    const executor = make()
    assert.equal(await executor.submit(work.square, 2), 4)
    await executor.shutdown()
    refusesEverything(executor)
  })

  test('an executor that never worked can be shut down', async ({ make }) => {
    const executor = make()
    await executor.shutdown()
    refusesEverything(executor)
  })

  test('the door closes at the call of shutdown, not when it is over', async (scene) => {
    const { executor, running } = await busyExecutor(scene)
    const closed = executor.shutdown()
    refusesEverything(executor)
    assert.equal(running.state, 'running')
    scene.stage.cueAll()
    await closed
  })

  test('shutdown waits for what runs and for what waits', async (scene) => {
    const { executor, running, second, third } = await busyExecutor(scene)
    const closed = executor.shutdown()
    scene.stage.cueAll()
    await closed
    for (const future of [running, second, third]) assert.equal(future.state, 'finished')
    assert.deepEqual(scene.stage.said, ['a', 'b', 'c'])
  })

  test('shutdown without waiting resolves at once, and the queue still runs', async (scene) => {
    const { executor, running, second, third } = await busyExecutor(scene)
    await executor.shutdown({ wait: false })
    assert.equal(running.state, 'running')
    assert.equal(second.state, 'pending')
    refusesEverything(executor)
    scene.stage.cueAll()
    assert.deepEqual(await Promise.all([running, second, third]), ['a', 'b', 'c'])
  })

  test('shutdown may be called again, and a later one that waits does wait', async (scene) => {
    const { executor, third } = await busyExecutor(scene)
    await executor.shutdown({ wait: false })
    const closed = [executor.shutdown(), executor.shutdown()]
    scene.stage.cueAll()
    await Promise.all(closed)
    assert.equal(third.state, 'finished')
    await executor.shutdown()
    await executor.shutdown({ cancelFutures: true, wait: false })
  })

  test('a signal ends the waiting for a shutdown with its reason, and the shutdown goes on', async (scene) => {
    const { executor, running, second, third } = await busyExecutor(scene)
    const late = new AbortController()
    const closed = executor.shutdown({ signal: late.signal })
    late.abort('enough')
    await assert.rejects(closed, (reason) => reason === 'enough')
    refusesEverything(executor)
    assert.deepEqual([running.state, second.state], ['running', 'pending'])
    scene.stage.cueAll()
    await executor.shutdown({ signal: new AbortController().signal })
    for (const future of [running, second, third]) assert.equal(future.state, 'finished')
  })

  test('a signal that has aborted already spares only the waiting', async (scene) => {
    const { executor, running, second } = await busyExecutor(scene)
    const reason = new Error('enough')
    await assert.rejects(
      executor.shutdown({ cancelFutures: true, signal: AbortSignal.abort(reason) }),
      (error) => error === reason,
    )
    refusesEverything(executor)
    assert.deepEqual([running.state, second.state], ['running', 'cancelled'])
    await executor.shutdown({ wait: false, signal: AbortSignal.abort(reason) })
  })

  test('a failing call does not fail the shutdown', async ({ make }) => {
    const executor = make({ maxWorkers: 1 })
    const futures = [1, 2, 3].map((x) => executor.submit(work.evenOnly, x))
    await executor.shutdown()
    assert.deepEqual(
      futures.map((future) => future.exceptionNow()?.message),
      ['1 is odd', undefined, '3 is odd'],
    )
  })

  test('a call cancelled just before the shutdown does not make it hang', async ({ make }) => {
    const executor = make({ maxWorkers: 1 })
    await executor.submit(work.square, 2)
    executor.submit(work.squareLater, 2)
    executor.submit(work.square, 3).cancel()
    await executor.shutdown()
  })

  test('after shutdown nobody is busy and nothing is queued', async (scene) => {
    const { executor } = await busyExecutor(scene)
    scene.stage.cueAll()
    await executor.shutdown()
    const { busy, queued, completed, failed } = executor.stats
    assert.deepEqual({ busy, queued, completed, failed }, { busy: 0, queued: 0, completed: 3, failed: 0 })
  })

  test('shutting down one executor leaves the others alone', async ({ make }) => {
    const [one, other] = [make({ maxWorkers: 1 }), make({ maxWorkers: 1 })]
    await one.submit(work.square, 2)
    await one.shutdown()
    assert.equal(await other.submit(work.square, 3), 9)
  })
}

function cancels({ test }: Pick<Contract, 'test'>): void {
  test('cancelFutures cancels what waits, at once, and lets what runs finish', async (scene) => {
    const { executor, running, second, third } = await busyExecutor(scene)
    const closed = executor.shutdown({ cancelFutures: true })
    assert.deepEqual([running.state, second.state, third.state], ['running', 'cancelled', 'cancelled'])
    scene.stage.cueAll()
    await closed
    assert.equal(running.resultNow(), 'a')
    await assert.rejects(second.result(), CancelledError)
    assert.deepEqual(scene.stage.said, ['a'])
  })

  test('cancelFutures without waiting', async (scene) => {
    const { executor, running, second } = await busyExecutor(scene)
    await executor.shutdown({ cancelFutures: true, wait: false })
    assert.equal(second.state, 'cancelled')
    scene.stage.cueAll()
    assert.equal(await running, 'a')
  })

  test('a later shutdown can still cancel what waits', async (scene) => {
    const { executor, second } = await busyExecutor(scene)
    const closed = executor.shutdown()
    void executor.shutdown({ cancelFutures: true })
    assert.equal(second.state, 'cancelled')
    scene.stage.cueAll()
    await closed
    assert.deepEqual(scene.stage.said, ['a'])
  })

  test('a callback that runs because of the shutdown may not submit', async (scene) => {
    const { executor, second } = await busyExecutor(scene)
    const refused = new Promise((resolve) => {
      second.addDoneCallback(() => {
        try {
          executor.submit(work.square, 2)
          resolve('taken')
        } catch (error) {
          resolve((error as Error).message)
        }
      })
    })
    const closed = executor.shutdown({ cancelFutures: true })
    assert.equal(await refused, MESSAGE)
    scene.stage.cueAll()
    await closed
  })
}

function scopes({ test }: Pick<Contract, 'test'>): void {
  test('await using shuts down and waits at the end of the block', async ({ make, stage, port }) => {
    stage.cueAll()
    let executor: Executor
    {
      await using pool = make({ maxWorkers: 1 })
      executor = pool
      for (const name of ['a', 'b', 'c']) pool.submit(work.hold, port, name)
    }
    assert.deepEqual(stage.said, ['a', 'b', 'c'])
    refusesEverything(executor)
  })

  test('use() gives the executor to its body, and its value back after the shutdown', async ({ make, stage, port }) => {
    stage.cueAll()
    const executor = make({ maxWorkers: 1 })
    const value = await executor.use((pool) => {
      assert.equal(pool, executor)
      for (const name of ['a', 'b']) pool.submit(work.hold, port, name)
      return 'the value'
    })
    assert.equal(value, 'the value')
    assert.deepEqual(stage.said, ['a', 'b'])
    refusesEverything(executor)
  })

  for (const kind of ['throws', 'rejects']) {
    test(`a body of use() that ${kind} cancels what waits, and its error comes out`, async (scene) => {
      const { executor, running, second, third } = await busyExecutor(scene)
      const error = new Error('changed my mind')
      const used = executor.use(() => {
        if (kind === 'throws') throw error
        return Promise.reject(error)
      })
      const caught = used.catch((reason: unknown) => reason)
      // Cancelled before the running call has ended: that is the point.
      await new Promise(setImmediate)
      assert.deepEqual([running.state, second.state, third.state], ['running', 'cancelled', 'cancelled'])
      scene.stage.cueAll()
      assert.equal(await caught, error)
      assert.equal(running.state, 'finished')
      refusesEverything(executor)
    })
  }

  test('use() waits for what its body left behind', async ({ make, stage, port }) => {
    const executor = make({ maxWorkers: 1 })
    let over = false
    const used = executor.use((pool) => pool.map(work.hold, [port], ['a'])).then(() => (over = true))
    await stage.heard('a')
    await work.say(port, 'the test')
    assert.equal(over, false)
    stage.cueAll()
    await used
  })
}
