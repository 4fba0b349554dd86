import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setLogger, ThreadPoolExecutor } from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import { myToken } from '../../fixtures/workers/identity.js'
import { meetAndReturn } from '../../fixtures/workers/meet.js'
import {
  fillHeap,
  forgetRejection,
  meetAndThrowFromTimer,
  startTimer,
  throwFromTimer,
  throwWhenIdle,
  tickTwentyTimes,
} from '../../fixtures/workers/misbehaving.js'
import { within } from '../../support/os-processes.js'
import { Rendezvous } from '../../support/rendezvous.js'
import { causes, rejectionOf, testPools } from '../../support/worker-pools.js'

testPools('a timer that a task started and did not await fires while the worker is idle', async ({ t, take }) => {
  const meeting = await Rendezvous.open(t)
  const pool = take()
  assert.equal(await pool.submit(startTimer, meeting.port, 'the timer', 20), 'returned')
  const visitor = await meeting.arrival('the timer')
  visitor.release()
  assert.equal(pool.stats.busy, 0)
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testPools('a worker with nothing to do keeps turning its event loop', async ({ t, take }) => {
  const meeting = await Rendezvous.open(t)
  const pool = take()
  // Nobody calls the worker meanwhile: one that slept between its calls would never get to its twentieth tick.
  await pool.submit(tickTwentyTimes, meeting.port, 'the twentieth tick')
  const visitor = await meeting.arrival('the twentieth tick')
  visitor.release()
})

testPools(
  'an uncaught exception from a timer fails the call that runs there, with that exception as the cause',
  async (scene) => {
    const pool = scene.open({ maxWorkers: 1, name: 'Mast' })
    const error = await rejectionOf(scene.BrokenPoolError, pool.submit(throwFromTimer, 'too late to catch'))
    assert.equal(error.worker, 'Mast_0')
    assert.equal(error.task, 'throwFromTimer')
    const cause = causes(error).find((one) => (one as Error).message === 'too late to catch') as Error & { code: string }
    assert.ok(cause instanceof RangeError, `no RangeError among the causes of ${error.stack}`)
    assert.equal(cause.code, 'ERR_LATE')
    assert.equal(await pool.submit(add, 1, 2), 3)
  },
)

testPools('an uncaught exception in one worker fails no call in another', async ({ t, open, BrokenPoolError }) => {
  const meeting = await Rendezvous.open(t)
  const pool = open({ maxWorkers: 2, threads: 2 })
  const doomed = pool.submit(meetAndThrowFromTimer, meeting.port, 'doomed', 'boom')
  const bystander = pool.submit(meetAndReturn, meeting.port, 'bystander')
  const [doomedVisitor, bystanderVisitor] = await meeting.arrivals(['doomed', 'bystander'])
  doomedVisitor.release()
  await rejectionOf(BrokenPoolError, doomed)
  assert.equal(bystander.state, 'running')
  bystanderVisitor.release()
  assert.equal(await bystander, 'bystander')
})

testPools('an uncaught exception in an idle worker fails nobody and the pool goes on', async ({ t, take }) => {
  const meeting = await Rendezvous.open(t)
  const pool = take()
  const uncaught: unknown[] = []
  const note = (error: unknown): void => void uncaught.push(error)
  process.on('uncaughtException', note)
  t.after(() => process.off('uncaughtException', note))
  const previous = setLogger(() => {})
  t.after(() => setLogger(previous))
  const before = await pool.submit(myToken)
  await pool.submit(throwWhenIdle, meeting.port, 'still alive')
  const visitor = await meeting.arrival('still alive')
  visitor.release()
  assert.ok(await within(3_000, () => pool.stats.workers === 0))
  for (let i = 0; i < 5; i += 1) assert.equal(await pool.submit(add, i, 1), i + 1)
  assert.notEqual(await pool.submit(myToken), before, 'the broken worker is not used again')
  assert.deepEqual(uncaught, [])
})

testPools(
  'an unhandled rejection in a worker is neither lost nor a hang nor the end of the pool',
  async ({ t, take, BrokenPoolError }) => {
    const logged: unknown[] = []
    const previous = setLogger((message, error) => logged.push(message, error))
    t.after(() => setLogger(previous))
    const pool = take()
    const future = pool.submit(forgetRejection, 'nobody awaited me')
    const error = await future.exception()
    if (error !== null) assert.ok(error instanceof BrokenPoolError, String(error))
    const heard = [...causes(error), ...logged].some((one) => String(one).includes('nobody awaited me'))
    assert.ok(heard, 'the reason is among the causes of the failure or in the log')
    assert.equal(await pool.submit(add, 1, 2), 3)
  },
)

test('a thread that runs out of memory is one failed call, and the pool lives', { timeout: 30_000 }, async (t) => {
  const meeting = await Rendezvous.open(t)
  await using pool = new ThreadPoolExecutor({ maxWorkers: 2, threads: 2, resourceLimits: { maxOldGenerationSizeMb: 24 } })
  const bystander = pool.submit(meetAndReturn, meeting.port, 'bystander')
  const visitor = await meeting.arrival('bystander')
  const error = await rejectionOf(Error, pool.submit(fillHeap))
  assert.equal((error as Error & { code: string }).code, 'ERR_BROKEN_THREAD_POOL')
  assert.ok(
    causes(error).some((cause) => (cause as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY'),
    `the cause should say that memory ran out: ${error.stack}`,
  )
  visitor.release()
  assert.equal(await bystander, 'bystander')
  assert.deepEqual(await pool.map(add, [1, 2, 3], [1, 1, 1]).toArray(), [2, 3, 4])
})
