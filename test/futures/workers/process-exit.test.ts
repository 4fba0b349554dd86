import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokenProcessPoolError, ProcessPoolExecutor } from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import { myToken } from '../../fixtures/workers/identity.js'
import { meetAndReturn } from '../../fixtures/workers/meet.js'
import {
  exitAndGoOn,
  exitInsideTry,
  exitLater,
  exitWhenIdle,
  exitWith,
  killMyself,
  meetAndExit,
  setExitCode,
} from '../../fixtures/workers/misbehaving.js'
import { within } from '../../support/os-processes.js'
import { Rendezvous } from '../../support/rendezvous.js'
import { Tally } from '../../support/tally.js'
import { rejectionOf, testPools } from '../../support/worker-pools.js'

testPools('process.exit(7) in a task fails that call with exit code 7', async ({ open, BrokenPoolError }) => {
  const pool = open({ maxWorkers: 1, name: 'Mast' })
  const error = await rejectionOf(BrokenPoolError, pool.submit(exitWith, 7))
  assert.deepEqual([error.exitCode, error.signal, error.worker, error.task], [7, undefined, 'Mast_0', 'exitWith'])
  assert.match(error.message, /7/)
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testPools('process.exit() with success fails the call all the same', async ({ take, BrokenPoolError }) => {
  const pool = take()
  for (const code of [undefined, 0]) {
    const error = await rejectionOf(BrokenPoolError, pool.submit(exitWith, code))
    assert.equal(error.exitCode, 0)
  }
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testPools('process.exit() from a callback fails the call that started the callback', async ({ open, BrokenPoolError }) => {
  const pool = open({ maxWorkers: 1 })
  const error = await rejectionOf(BrokenPoolError, pool.submit(exitLater, 9))
  assert.equal(error.exitCode, 9)
})

testPools('process.exit(7) fails nobody else: not the queue, not another worker', async ({ t, open, BrokenPoolError }) => {
  const meeting = await Rendezvous.open(t)
  const pool = open({ maxWorkers: 2, threads: 2 })
  const doomed = pool.submit(meetAndExit, meeting.port, 'doomed', 7)
  const neighbour = pool.submit(meetAndReturn, meeting.port, 'neighbour')
  const queue = [1, 2, 3].map((n) => pool.submit(add, n, n))
  const [doomedVisitor, neighbourVisitor] = await meeting.arrivals(['doomed', 'neighbour'])
  doomedVisitor.release()
  assert.equal((await rejectionOf(BrokenPoolError, doomed)).exitCode, 7)
  assert.deepEqual(await Promise.all(queue), [2, 4, 6])
  assert.equal(neighbour.state, 'running')
  neighbourVisitor.release()
  assert.equal(await neighbour, 'neighbour')
})

testPools('process.exit(7) fails none of the calls that share its worker', async ({ t, openShared, BrokenPoolError }) => {
  const meeting = await Rendezvous.open(t)
  const pool = openShared(4)
  const names = ['first', 'second', 'third']
  const sharing = names.map((name) => pool.submit(meetAndReturn, meeting.port, name))
  const doomed = pool.submit(meetAndExit, meeting.port, 'doomed', 7)
  const visitors = [await meeting.arrival('doomed'), ...(await meeting.arrivals(names))] as const
  assert.equal(new Set(visitors.map(({ token }) => token)).size, 1, 'the four share one worker')
  visitors[0].release()
  const error = await rejectionOf(BrokenPoolError, doomed)
  assert.equal(error.exitCode, 7)
  assert.equal(error.task, 'meetAndExit')
  assert.deepEqual(
    sharing.map((future) => future.state),
    ['running', 'running', 'running'],
  )
  const next = pool.submit(myToken)
  for (const visitor of visitors) visitor.release()
  assert.deepEqual(await Promise.all(sharing), names)
  assert.notEqual(await next, visitors[0].token, 'the worker that was told to exit takes no new calls')
})

testPools(
  'a worker that has to exit but still has calls does not hold up new ones',
  async ({ t, openShared, BrokenPoolError }) => {
    const meeting = await Rendezvous.open(t)
    const pool = openShared(2)
    const slow = pool.submit(meetAndReturn, meeting.port, 'slow')
    const doomed = pool.submit(meetAndExit, meeting.port, 'doomed', 7)
    const [slowVisitor, doomedVisitor] = await meeting.arrivals(['slow', 'doomed'])
    doomedVisitor.release()
    await rejectionOf(BrokenPoolError, doomed)
    // One of the two calls in flight is over, so this one may run now, wherever; the slow one may take an hour.
    const next = pool.submit(add, 1, 2)
    assert.equal(next.state, 'running')
    assert.equal(await next, 3)
    assert.equal(slow.state, 'running')
    slowVisitor.release()
    assert.equal(await slow, 'slow')
  },
)

testPools(
  'process.exit() from a callback fails none of the calls that share its worker',
  async ({ t, openShared, BrokenPoolError }) => {
    const meeting = await Rendezvous.open(t)
    const pool = openShared(3)
    const names = ['first', 'second']
    const sharing = names.map((name) => pool.submit(meetAndReturn, meeting.port, name))
    const visitors = await meeting.arrivals(names)
    const error = await rejectionOf(BrokenPoolError, pool.submit(exitLater, 9))
    assert.deepEqual([error.exitCode, error.task], [9, 'exitLater'])
    for (const visitor of visitors) visitor.release()
    assert.deepEqual(await Promise.all(sharing), names)
  },
)

testPools('process.exit() of a fast call fails none of the many that are queued behind it', async ({ take, BrokenPoolError }) => {
  const pool = take()
  // Many fast calls first: a pool that sends calls ahead does so now.
  await Promise.all(Array.from({ length: 500 }, (_, i) => pool.submit(add, i, i)))
  const before = Array.from({ length: 30 }, (_, i) => pool.submit(add, i, 1))
  const doomed = pool.submit(exitWith, 7)
  const after = Array.from({ length: 100 }, (_, i) => pool.submit(add, i, 2))
  assert.equal((await rejectionOf(BrokenPoolError, doomed)).exitCode, 7)
  assert.deepEqual(
    await Promise.all(before),
    before.map((_, i) => i + 1),
  )
  assert.deepEqual(
    await Promise.all(after),
    after.map((_, i) => i + 2),
  )
})

testPools('nothing of a task runs after its process.exit()', async ({ t, take, BrokenPoolError }) => {
  const ran = new Tally(t)
  const pool = take()
  const error = await rejectionOf(BrokenPoolError, pool.submit(exitAndGoOn, 4, ran.path))
  assert.equal(error.exitCode, 4)
  assert.equal(await pool.submit(add, 1, 2), 3)
  assert.deepEqual(ran.lines, [])
})

testPools('a task cannot swallow its own process.exit()', async ({ take, BrokenPoolError }) => {
  const pool = take()
  const error = await rejectionOf(BrokenPoolError, pool.submit(exitInsideTry, 3))
  assert.equal(error.exitCode, 3)
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testPools('process.exit() in an idle worker fails nobody', async ({ t, take }) => {
  const meeting = await Rendezvous.open(t)
  const pool = take()
  const before = await pool.submit(myToken)
  await pool.submit(exitWhenIdle, meeting.port, 'about to exit', 5)
  const visitor = await meeting.arrival('about to exit')
  visitor.release()
  assert.ok(await within(3_000, () => pool.stats.workers === 0))
  for (let i = 0; i < 10; i += 1) assert.equal(await pool.submit(add, i, 1), i + 1)
  assert.notEqual(await pool.submit(myToken), before)
})

testPools('setting process.exitCode in a task fails nothing', async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  const mine = process.exitCode
  const before = await pool.submit(myToken)
  assert.equal(await pool.submit(setExitCode, 5), 'done')
  assert.equal(await pool.submit(myToken), before)
  await pool.shutdown()
  assert.equal(process.exitCode, mine)
})

test('a task that kills its own process is reported with the signal and the process id', async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1, name: 'Mast' })
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGABRT'] as const) {
    const future = pool.submit(killMyself, signal)
    const error = await rejectionOf(BrokenProcessPoolError, future)
    assert.deepEqual([error.signal, error.exitCode, error.task, error.worker], [signal, undefined, 'killMyself', 'Mast_0'])
    assert.equal(typeof error.pid, 'number')
    assert.notEqual(error.pid, process.pid)
    assert.match(
      error.message,
      /^A process in the process pool was terminated abruptly while the future was running or pending\./,
    )
    assert.equal(await pool.submit(add, 1, 2), 3)
  }
})
