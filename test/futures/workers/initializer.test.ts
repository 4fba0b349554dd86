import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotSerializableError, ProcessPoolExecutor, setLogger, TaskNotFoundError, ThreadPoolExecutor } from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import {
  exitWhilePreparing,
  failToPrepare,
  failToPrepareLater,
  kindsPrepared,
  prepare,
  prepareFirstWorkerOnly,
  prepareLater,
  whatWasPrepared,
} from '../../fixtures/workers/initializers.js'
import { meetAndReturn } from '../../fixtures/workers/meet.js'
import { childrenOf, within } from '../../support/os-processes.js'
import { Rendezvous } from '../../support/rendezvous.js'
import { Tally } from '../../support/tally.js'
import { causes, rejection, rejectionOf, testPools } from '../../support/worker-pools.js'

/** Collects what goes to the log while the test runs. */
function listenToLog(t: { after(end: () => void): void }): { message: string; error: unknown }[] {
  const heard: { message: string; error: unknown }[] = []
  const previous = setLogger((message, error) => heard.push({ message, error }))
  t.after(() => setLogger(previous))
  return heard
}

testPools('the initializer runs once in every worker, with its arguments, before any task', async ({ t, open }) => {
  const prepared = new Tally(t)
  const initargs = [prepared.path, 'flags', { depth: [1, 2] }]
  const pool = open({ maxWorkers: 2, threads: 2, initializer: prepare, initargs })
  const seen = await Promise.all(Array.from({ length: 12 }, () => pool.submit(whatWasPrepared)))
  for (const one of seen) assert.deepEqual(one.prepared, ['flags', { depth: [1, 2] }])
  assert.equal(new Set(prepared.lines).size, prepared.lines.length, 'no worker was prepared twice')
  for (const { token } of seen) assert.ok(prepared.lines.includes(token))
  assert.ok(prepared.lines.length <= 2)
})

testPools('a Buffer among initargs is a Buffer for the initializer of every worker', async ({ t, open }) => {
  const prepared = new Tally(t)
  const initargs = [prepared.path, Buffer.from('flags'), new Uint8Array([1])]
  const pool = open({ maxWorkers: 1, maxTasksPerChild: 1, initializer: prepare, initargs })
  for (let worker = 0; worker < 2; worker += 1) assert.deepEqual(await pool.submit(kindsPrepared), ['Buffer', 'Uint8Array'])
})

testPools(
  'an async initializer is awaited before the first task, also with many calls on one worker',
  async ({ t, openShared }) => {
    const prepared = new Tally(t)
    const pool = openShared(6, { initializer: prepareLater, initargs: [prepared.path, 'later'] })
    const seen = await Promise.all(Array.from({ length: 12 }, () => pool.submit(whatWasPrepared)))
    for (const one of seen) assert.deepEqual(one.prepared, ['later'])
    assert.equal(prepared.lines.length, 1)
  },
)

for (const initializer of [failToPrepare, failToPrepareLater]) {
  testPools(
    `an initializer that ${initializer === failToPrepare ? 'throws' : 'rejects'} breaks the pool with the real error as cause`,
    async (scene) => {
      const attempts = new Tally(scene.t)
      const log = listenToLog(scene.t)
      const pool = scene.open({ maxWorkers: 2, threads: 2, initializer, initargs: [attempts.path] })
      const futures = Array.from({ length: 6 }, () => pool.submit(add, 1, 2))
      for (const future of futures) {
        const error = await rejectionOf(scene.BrokenPoolError, future)
        assert.match(error.message, /initializer failed/)
        assert.ok(error.cause instanceof RangeError, String(error.cause))
        assert.equal(error.cause.message, 'no such database')
        assert.equal((error.cause as RangeError & { code: string }).code, 'ERR_NO_DATABASE')
      }
      assert.throws(
        () => pool.submit(add, 1, 2),
        (error: Error) => {
          assert.ok(error instanceof scene.BrokenPoolError)
          assert.match(error.message, /initializer failed, the (thread|process) pool is not usable anymore/)
          assert.equal((error.cause as Error).message, 'no such database')
          return true
        },
      )
      assert.throws(() => pool.map(add as (n: number) => number, [1, 2, 3]), scene.BrokenPoolError)
      assert.ok(attempts.lines.length >= 1 && attempts.lines.length <= 2, `${attempts.lines.length} attempts for 2 workers`)
      assert.ok(
        log.some(({ message, error }) => /initializer/i.test(message) && String(error).includes('no such database')),
        `the failure is logged: ${JSON.stringify(log)}`,
      )
      await pool.shutdown()
    },
  )
}

testPools('an initializer that exits breaks the pool instead of starting workers for ever', async (scene) => {
  const attempts = new Tally(scene.t)
  listenToLog(scene.t)
  const pool = scene.open({ maxWorkers: 1, initializer: exitWhilePreparing, initargs: [attempts.path] })
  const futures = Array.from({ length: 6 }, () => pool.submit(add, 1, 2))
  for (const future of futures) {
    const error = await rejectionOf(scene.BrokenPoolError, future)
    assert.ok(
      causes(error).some((cause) => (cause as { exitCode?: number }).exitCode === 5 || /\b5\b/.test(String(cause))),
      `the exit code is told: ${error.stack}`,
    )
  }
  assert.throws(() => pool.submit(add, 1, 2), scene.BrokenPoolError)
  assert.ok(attempts.lines.length <= 3, `${attempts.lines.length} attempts`)
})

testPools('an initializer that fails in a later worker fails what was waiting, and nothing hangs', async (scene) => {
  const workers = new Tally(scene.t)
  listenToLog(scene.t)
  const pool = scene.open({
    maxWorkers: 1,
    maxTasksPerChild: 2,
    initializer: prepareFirstWorkerOnly,
    initargs: [workers.path],
  })
  const futures = Array.from({ length: 5 }, (_, i) => pool.submit(add, i, 1))
  const outcomes = await Promise.all(futures.map(async (future) => (await future.exception())?.name ?? 'fine'))
  assert.deepEqual(outcomes, ['fine', 'fine', ...Array.from({ length: 3 }, () => new scene.BrokenPoolError('').name)])
  assert.throws(() => pool.submit(add, 1, 2), scene.BrokenPoolError)
  await pool.shutdown()
})

testPools('while an initializer runs nothing is lost: calls wait and shutdown waits for them', async ({ t, open }) => {
  const prepared = new Tally(t)
  const pool = open({ maxWorkers: 1, initializer: prepareLater, initargs: [prepared.path] })
  const futures = Array.from({ length: 4 }, (_, i) => pool.submit(add, i, i))
  await pool.shutdown()
  assert.deepEqual(
    futures.map((future) => future.resultNow()),
    [0, 2, 4, 6],
  )
})

testPools('an initializer that cannot be named in a worker is refused by the constructor', async ({ open }) => {
  const here = 'here'
  await Promise.resolve()
  assert.throws(() => open({ maxWorkers: 1, initializer: () => void here }), TaskNotFoundError)
})

testPools(
  'initializer arguments that cannot be sent are named, at the latest by the first call, and nothing is left behind',
  async (scene) => {
    listenToLog(scene.t)
    const initargs = ['path', { onReady: (): void => {} }]
    const told = await rejection(
      (async () => {
        const pool = scene.open({ maxWorkers: 1, initializer: prepare, initargs })
        await pool.submit(add, 1, 2)
      })(),
    )
    const cause = causes(told).find((one) => one instanceof NotSerializableError)
    assert.ok(cause !== undefined, `expected a NotSerializableError, got ${told instanceof Error ? told.stack : String(told)}`)
    assert.match(cause.message, /onReady/)
    assert.ok(await within(2_000, () => childrenOf(process.pid).length === 0), 'a process is left')
  },
)

test('an initializer that is not callable is a TypeError of the constructor', () => {
  for (const initializer of [42, 'prepare', {}, null]) {
    for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
      assert.throws(() => new Pool({ maxWorkers: 1, initializer: initializer as never }), {
        name: 'TypeError',
        message: /initializer must be a callable/,
      })
    }
  }
})

testPools('a broken pool still counts nothing as waiting or running', async (scene) => {
  const meeting = await Rendezvous.open(scene.t)
  listenToLog(scene.t)
  const path = new Tally(scene.t).path
  const pool = scene.open({ maxWorkers: 1, initializer: failToPrepare, initargs: [path] })
  const futures = Array.from({ length: 3 }, () => pool.submit(meetAndReturn, meeting.port, 'never'))
  await Promise.allSettled(futures.map((future) => future.result()))
  assert.deepEqual([pool.stats.busy, pool.stats.queued], [0, 0])
  assert.deepEqual(meeting.names, [])
})
