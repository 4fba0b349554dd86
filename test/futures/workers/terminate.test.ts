import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokenProcessPoolError, CancelledError, ExecutorShutdownError, ProcessPoolExecutor } from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import { myPid } from '../../fixtures/workers/identity.js'
import { meetAndReturn, meetAndSpin, meetAndStay } from '../../fixtures/workers/meet.js'
import { ignoreSignals, throwFromTimer } from '../../fixtures/workers/misbehaving.js'
import { tally } from '../../fixtures/workers/tallying.js'
import { childrenOf, isAlive, within } from '../../support/os-processes.js'
import { Rendezvous } from '../../support/rendezvous.js'
import { Tally } from '../../support/tally.js'
import { rejectionOf, testPools } from '../../support/worker-pools.js'

for (const method of ['terminateWorkers', 'killWorkers'] as const) {
  testPools(`${method}() fails what runs, cancels what waits, and shuts the pool`, async (scene) => {
    const ran = new Tally(scene.t)
    const meeting = await Rendezvous.open(scene.t)
    const pool = scene.open({ maxWorkers: 2, threads: 2 })
    const running = ['a', 'b'].map((name) => pool.submit(meetAndStay, meeting.port, name))
    const waiting = [1, 2, 3].map((n) => pool.submit(tally, ran.path, String(n)))
    const visitors = await meeting.arrivals(['a', 'b'])
    for (const visitor of visitors) visitor.release()
    const ended = pool[method]()
    assert.throws(() => pool.submit(add, 1, 2), ExecutorShutdownError)
    for (const future of running) await rejectionOf(scene.BrokenPoolError, future)
    for (const future of waiting) {
      await rejectionOf(CancelledError, future)
      assert.equal(future.cancelled(), true)
    }
    await ended
    await Promise.all(visitors.map((visitor) => visitor.gone))
    assert.deepEqual(ran.lines, [])
    assert.deepEqual([pool.stats.workers, pool.stats.busy, pool.stats.queued], [0, 0, 0])
    if (scene.kind === 'processes') {
      for (const { pid } of visitors) assert.equal(isAlive(pid), false)
    }
    await pool.shutdown()
  })

  testPools(`${method}() ends workers that are busy with an endless loop`, async (scene) => {
    const meeting = await Rendezvous.open(scene.t)
    const pool = scene.open({ maxWorkers: 1 })
    const future = pool.submit(meetAndSpin, meeting.port, 'endless')
    const visitor = await meeting.arrival('endless')
    visitor.release()
    await visitor.gone
    await pool[method]()
    await rejectionOf(scene.BrokenPoolError, future)
    if (scene.kind === 'processes') assert.equal(isAlive(visitor.pid), false)
  })

  testPools(`${method}() before the first worker only shuts the pool`, async ({ open }) => {
    const pool = open({ maxWorkers: 2 })
    await pool[method]()
    assert.throws(() => pool.submit(add, 1, 2), ExecutorShutdownError)
    await pool.shutdown()
    await pool[method]()
  })

  testPools(`${method}() while the first worker is still starting settles its call and leaves nothing behind`, async (scene) => {
    const ran = new Tally(scene.t)
    const pool = scene.open({ maxWorkers: 2 })
    const futures = [1, 2, 3].map((n) => pool.submit(tally, ran.path, String(n)))
    const ended = pool[method]()
    for (const future of futures) assert.ok((await rejectionOf(Error, future)) instanceof Error)
    await ended
    assert.deepEqual(ran.lines, [])
    if (scene.kind === 'processes') assert.ok(await within(2_000, () => childrenOf(process.pid).length === 0))
  })

  testPools(`${method}() is fine on a pool that is broken already`, async (scene) => {
    const pool = scene.open({ maxWorkers: 1, onWorkerDeath: 'break' })
    await rejectionOf(scene.BrokenPoolError, pool.submit(throwFromTimer, 'boom'))
    await pool[method]()
    await pool.shutdown()
    assert.equal(pool.stats.workers, 0)
  })

  testPools(`${method}() twice, and during shutdown(), settles everything once`, async (scene) => {
    const meeting = await Rendezvous.open(scene.t)
    const pool = scene.open({ maxWorkers: 1 })
    const future = pool.submit(meetAndReturn, meeting.port, 'a')
    let settled = 0
    future.addDoneCallback(() => {
      settled += 1
    })
    await meeting.arrival('a')
    const down = pool.shutdown()
    await Promise.all([pool[method](), pool[method](), down])
    await rejectionOf(scene.BrokenPoolError, future)
    assert.equal(settled, 1)
  })
}

test('terminateWorkers() is polite, killWorkers() is not to be ignored', { timeout: 20_000 }, async () => {
  const pool = new ProcessPoolExecutor(1)
  const pid = await pool.submit(ignoreSignals)
  process.kill(pid, 'SIGTERM')
  // Deaf, and so still able to answer.
  assert.equal(await pool.submit(myPid), pid)
  await pool.killWorkers()
  assert.equal(isAlive(pid), false)
})

test('killSignal is what terminateWorkers() sends', async (t) => {
  const meeting = await Rendezvous.open(t)

  const pool = new ProcessPoolExecutor({ maxWorkers: 1, killSignal: 'SIGHUP' })
  const future = pool.submit(meetAndStay, meeting.port, 'a')
  const visitor = await meeting.arrival('a')
  await pool.terminateWorkers()
  const error = await rejectionOf(BrokenProcessPoolError, future)
  assert.equal(error.signal, 'SIGHUP')
  await visitor.gone
})

testPools('the callbacks of terminated calls may use the pool and get a clear no', async (scene) => {
  const meeting = await Rendezvous.open(scene.t)
  const pool = scene.open({ maxWorkers: 1 })
  const refusals: unknown[] = []
  const futures = [pool.submit(meetAndReturn, meeting.port, 'a'), pool.submit(meetAndReturn, meeting.port, 'b')]
  for (const future of futures) {
    future.addDoneCallback(() => {
      try {
        pool.submit(add, 1, 2)
      } catch (error) {
        refusals.push(error)
      }
    })
  }
  await meeting.arrival('a')
  await pool.terminateWorkers()
  for (const future of futures) await rejectionOf(Error, future)
  assert.equal(refusals.length, 2)
  for (const error of refusals) assert.ok(error instanceof ExecutorShutdownError, String(error))
})
