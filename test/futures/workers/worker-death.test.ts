import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokenProcessPoolError, BrokenThreadPoolError, ProcessPoolExecutor, ThreadPoolExecutor } from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import { throwHttpError } from '../../fixtures/workers/errors.js'
import { myPid } from '../../fixtures/workers/identity.js'
import { meetAndReturn, meetAndStay } from '../../fixtures/workers/meet.js'
import {
  dieUntilAttempt,
  exitWith,
  loseMessage,
  meetAndThrowFromTimer,
  tallyAndDie,
  throwFromTimer,
} from '../../fixtures/workers/misbehaving.js'
import { tallyAndThrow } from '../../fixtures/workers/tallying.js'
import { isAlive, within } from '../../support/os-processes.js'
import { Rendezvous } from '../../support/rendezvous.js'
import { Tally } from '../../support/tally.js'
import { causes, rejection, rejectionOf, testPools, type Kind } from '../../support/worker-pools.js'

const abruptly = (kind: Kind): RegExp =>
  kind === 'processes'
    ? /^A process in the process pool was terminated abruptly while the future was running or pending\./
    : /^A thread in the thread pool was terminated abruptly while the future was running or pending\./
const unusable = (kind: Kind): RegExp =>
  kind === 'processes'
    ? /^A child process terminated abruptly, the process pool is not usable anymore/
    : /^A thread terminated abruptly, the thread pool is not usable anymore/

test('kill -9 of a busy process fails only its call, with signal, process id, task and worker', async (t) => {
  const meeting = await Rendezvous.open(t)
  await using pool = new ProcessPoolExecutor({ maxWorkers: 2, name: 'Mast' })
  const doomed = pool.submit(meetAndStay, meeting.port, 'doomed')
  const safe = pool.submit(meetAndReturn, meeting.port, 'safe')
  const queued = [1, 2, 3].map((n) => pool.submit(add, n, n))
  const [first, second] = await meeting.arrivals(['doomed', 'safe'])
  const { pid } = first
  process.kill(pid, 'SIGKILL')
  const error = await rejectionOf(BrokenProcessPoolError, doomed)
  assert.match(error.message, abruptly('processes'))
  assert.deepEqual(
    [error.signal, error.exitCode, error.pid, error.task, error.worker],
    ['SIGKILL', undefined, pid, 'meetAndStay', first.worker],
  )
  assert.match(error.message, /SIGKILL/)
  assert.deepEqual(await Promise.all(queued), [2, 4, 6])
  assert.equal(safe.state, 'running')
  second.release()
  assert.equal(await safe, 'safe')
})

test('kill -9 of an idle process fails nobody', async () => {
  await using pool = new ProcessPoolExecutor(1)
  for (let round = 0; round < 2; round += 1) {
    const pid = await pool.submit(myPid)
    process.kill(pid, 'SIGKILL')
    assert.ok(await within(2_000, () => !isAlive(pid)))
    assert.ok(await within(2_000, () => pool.stats.workers === 0))
    assert.equal(await pool.submit(add, round, 1), round + 1)
  }
})

test('a call that is given to a process just as it dies runs elsewhere or fails as broken, and never hangs', async () => {
  await using pool = new ProcessPoolExecutor(1)
  for (let round = 0; round < 3; round += 1) {
    process.kill(await pool.submit(myPid), 'SIGKILL')
    const future = pool.submit(add, round, 1)
    const error = await future.exception()
    if (error === null) assert.equal(future.resultNow(), round + 1)
    else assert.ok(error instanceof BrokenProcessPoolError && error.signal === 'SIGKILL', String(error))
  }
})

testPools(
  'an uncaught error in a fast call fails none of the many that are queued behind it',
  async ({ take, BrokenPoolError }) => {
    const pool = take()
    // Many fast calls first: a pool that sends calls ahead does so now.
    await Promise.all(Array.from({ length: 500 }, (_, i) => pool.submit(add, i, i)))
    const before = Array.from({ length: 30 }, (_, i) => pool.submit(add, i, 1))
    const doomed = pool.submit(throwFromTimer, 'boom')
    const after = Array.from({ length: 100 }, (_, i) => pool.submit(add, i, 2))
    await rejectionOf(BrokenPoolError, doomed)
    assert.deepEqual(
      await Promise.all(before),
      before.map((_, i) => i + 1),
    )
    assert.deepEqual(
      await Promise.all(after),
      after.map((_, i) => i + 2),
    )
  },
)

testPools("under 'break' one death fails every unfinished call, with CPython's words", async (scene) => {
  const meeting = await Rendezvous.open(scene.t)
  const pool = scene.open({ maxWorkers: 2, threads: 2, onWorkerDeath: 'break' })
  const doomed = pool.submit(meetAndThrowFromTimer, meeting.port, 'doomed', 'boom')
  const running = pool.submit(meetAndStay, meeting.port, 'running')
  const pending = [1, 2, 3].map((n) => pool.submit(add, n, n))
  const visitors = await meeting.arrivals(['doomed', 'running'])
  visitors[1].release()
  visitors[0].release()
  for (const future of [doomed, running, ...pending]) {
    const error = await rejectionOf(scene.BrokenPoolError, future)
    assert.match(error.message, abruptly(scene.kind))
    assert.ok(
      causes(error).some((cause) => (cause as Error).message === 'boom'),
      'the reason of the death is among the causes',
    )
    assert.equal(future.cancelled(), false)
  }
  const refused = (error: Error): true => {
    assert.ok(error instanceof scene.BrokenPoolError, String(error))
    assert.match(error.message, unusable(scene.kind))
    return true
  }
  assert.throws(() => pool.submit(add, 1, 2), refused)
  assert.throws(() => pool.schedule({ fn: add, args: [1, 2] }), refused)
  assert.throws(() => pool.map(add, [1], [2]), refused)
  for (const visitor of visitors) await visitor.gone
  await pool.shutdown()
})

test("under 'break' kill -9 of a process ends the others too", async (t) => {
  const meeting = await Rendezvous.open(t)
  await using pool = new ProcessPoolExecutor({ maxWorkers: 2, onWorkerDeath: 'break' })
  const futures = ['a', 'b'].map((name) => pool.submit(meetAndStay, meeting.port, name))
  const visitors = await meeting.arrivals(['a', 'b'])
  const pids = visitors.map(({ pid }) => pid)
  process.kill(pids[0] as number, 'SIGKILL')
  for (const future of futures) await rejectionOf(BrokenProcessPoolError, future)
  assert.throws(() => pool.submit(add, 1, 2), { name: 'BrokenProcessPoolError', message: unusable('processes') })
  assert.ok(await within(2_000, () => pids.every((pid) => !isAlive(pid))), 'the other process is left running')
})

testPools("under 'break' a call cancelled before the death stays cancelled", async (scene) => {
  const meeting = await Rendezvous.open(scene.t)
  const pool = scene.open({ maxWorkers: 1, onWorkerDeath: 'break' })
  const doomed = pool.submit(meetAndThrowFromTimer, meeting.port, 'doomed', 'boom')
  const cancelled = pool.submit(add, 1, 2)
  assert.equal(cancelled.cancel(), true)
  const visitor = await meeting.arrival('doomed')
  visitor.release()
  await rejectionOf(scene.BrokenPoolError, doomed)
  assert.equal(cancelled.state, 'cancelled')
})

testPools("an ordinary error is no death, under 'break' neither", async ({ open }) => {
  const pool = open({ maxWorkers: 1, onWorkerDeath: 'break' })
  assert.equal((await rejectionOf(Error, pool.submit(throwHttpError, 500))).name, 'HttpError')
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testPools('three deaths in a row without a finished call break the pool', async (scene) => {
  const ran = new Tally(scene.t)
  const pool = scene.open({ maxWorkers: 1 })
  const futures = Array.from({ length: 8 }, (_, i) => pool.submit(tallyAndDie, ran.path, `call ${i}`))
  for (const future of futures) {
    const error = await rejectionOf(scene.BrokenPoolError, future)
    assert.ok(
      causes(error).some((cause) => (cause as Error).message === 'died on purpose'),
      `the last cause is told: ${error.stack}`,
    )
  }
  assert.deepEqual(ran.lines, ['call 0', 'call 1', 'call 2'])
  assert.throws(
    () => pool.submit(add, 1, 2),
    (error: Error) => error instanceof scene.BrokenPoolError && unusable(scene.kind).test(error.message),
  )
  await pool.shutdown()
})

testPools('deaths with finished calls between them break nothing', async (scene) => {
  const ran = new Tally(scene.t)
  const pool = scene.take()
  for (let i = 0; i < 3; i += 1) {
    await rejectionOf(scene.BrokenPoolError, pool.submit(tallyAndDie, ran.path, String(i)))
    assert.equal(await pool.submit(add, i, 1), i + 1)
  }
  assert.equal(ran.lines.length, 3)
})

testPools('a call that failed with an ordinary error is a finished one for the crash-loop guard', async (scene) => {
  const ran = new Tally(scene.t)
  const pool = scene.take()
  for (let i = 0; i < 3; i += 1) {
    await rejectionOf(scene.BrokenPoolError, pool.submit(tallyAndDie, ran.path, String(i)))
    await rejectionOf(Error, pool.submit(tallyAndThrow, ran.path, String(i)))
  }
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testPools('retries runs a call again after a worker death, and the task knows which attempt it is', async ({ t, take }) => {
  const attempts = new Tally(t)
  const pool = take()
  const future = pool.schedule({ fn: dieUntilAttempt, args: [3, attempts.path], retries: 2 })
  assert.equal(await future, 3)
  assert.deepEqual(attempts.lines, ['1', '2', '3'])
  assert.equal(future.state, 'finished')
})

testPools('without retries a worker death fails the call at once', async ({ t, take, BrokenPoolError }) => {
  const attempts = new Tally(t)
  const pool = take()
  await rejectionOf(BrokenPoolError, pool.submit(dieUntilAttempt, 2, attempts.path))
  assert.equal(await pool.submit(add, 1, 2), 3)
  assert.deepEqual(attempts.lines, ['1'])
})

testPools('when its retries are used up the call fails with the last death', async ({ t, take, BrokenPoolError }) => {
  const attempts = new Tally(t)
  const pool = take()
  await rejectionOf(BrokenPoolError, pool.schedule({ fn: dieUntilAttempt, args: [9, attempts.path], retries: 1 }))
  assert.deepEqual(attempts.lines, ['1', '2'])
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testPools('retries is for deaths only: an error of the task is final', async ({ t, take }) => {
  const ran = new Tally(t)
  const pool = take()
  const future = pool.schedule({ fn: tallyAndThrow, args: [ran.path, 'once'], retries: 5 })
  assert.equal((await rejectionOf(Error, future)).message, 'once')
  assert.deepEqual(ran.lines, ['once'])
})

testPools('a retried call can be aborted between its attempts and then never runs again', async ({ t, take }) => {
  const attempts = new Tally(t)
  const pool = take()
  const future = pool.schedule({ fn: dieUntilAttempt, args: [99, attempts.path], retries: 99 })
  assert.ok(await within(5_000, () => attempts.lines.length >= 1))
  assert.equal(future.abort('give up'), true)
  await rejection(future)
  assert.equal(future.cancelled(), true)
  assert.equal(await pool.submit(add, 1, 2), 3)
  const before = attempts.lines.length
  assert.equal(await pool.submit(add, 1, 2), 3)
  assert.equal(attempts.lines.length, before)
})

testPools('many deaths at once each fail their own call', async (scene) => {
  const pool = scene.open({ maxWorkers: 2, threads: 2 })
  const outcomes = await Promise.all([pool.submit(exitWith, 21).exception(), pool.submit(exitWith, 22).exception()])
  assert.deepEqual(
    outcomes.map((error) => (error as { exitCode?: number } | null)?.exitCode),
    [21, 22],
  )
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testPools('shutdown() after a death waits for the rest and ends', async ({ open, BrokenPoolError }) => {
  const pool = open({ maxWorkers: 1 })
  const doomed = pool.submit(throwFromTimer, 'boom')
  const rest = [1, 2].map((n) => pool.submit(add, n, n))
  await pool.shutdown()
  await rejectionOf(BrokenPoolError, doomed)
  assert.deepEqual(
    rest.map((future) => future.resultNow()),
    [2, 4],
  )
})

test('a thread that cannot read a message ends, its calls fail with that error, and another takes its place', async () => {
  await using pool = new ThreadPoolExecutor(1)
  for (let round = 0; round < 4; round += 1) {
    const error = await rejectionOf(BrokenThreadPoolError, pool.submit(loseMessage, 'lost on the way'))
    assert.ok(causes(error).some((cause) => cause instanceof RangeError && cause.message === 'lost on the way'))
    assert.equal(await pool.submit(add, round, 1), round + 1)
  }
})

test('what may have been in the message fails, too, unless it may be tried again', async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 3, threads: 1 })
  const gate = new SharedArrayBuffer(4)
  const running = pool.submit(loseMessage, 'lost on the way', gate)
  for await (const report of running.progress) if (report === 'at the gate') break
  const sent = [pool.submit(add, 1, 2), pool.schedule({ fn: add, args: [3, 4], retries: 1 })] as const
  // By then they are with the thread, which does not read them.
  await new Promise(setImmediate)
  Atomics.store(new Int32Array(gate), 0, 1)
  Atomics.notify(new Int32Array(gate), 0)
  for (const future of [running, sent[0]]) await rejectionOf(BrokenThreadPoolError, future)
  assert.equal(await sent[1], 7)
})
