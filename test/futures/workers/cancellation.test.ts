import assert from 'node:assert/strict'
import { CancelledError, TimeoutError } from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import { amIAborted, endOnAbort, lookLater, sleep, sleepWithSignal, waitForAbort } from '../../fixtures/workers/cancellable.js'
import { myToken } from '../../fixtures/workers/identity.js'
import { meetAndBlock, meetAndReturn, meetAndSpin, meetAndStay } from '../../fixtures/workers/meet.js'
import { tally } from '../../fixtures/workers/tallying.js'
import { Rendezvous } from '../../support/rendezvous.js'
import { Tally } from '../../support/tally.js'
import { rejectionOf, testOnePool, testPools } from '../../support/worker-pools.js'

testOnePool('a call with a signal that is already aborted is cancelled and never starts', async (pool, t) => {
  const ran = new Tally(t)
  const reason = { why: 'too late' }
  const future = pool.schedule({ fn: tally, args: [ran.path, 'aborted'], signal: AbortSignal.abort(reason) })
  assert.equal(future.state, 'cancelled')
  const error = await rejectionOf(CancelledError, future)
  assert.equal(error.cause, reason)
  // One worker runs in order of submission: had the first one been sent, its line would be there before this one.
  await pool.submit(tally, ran.path, 'after')
  assert.deepEqual(ran.lines, ['after'])
})

testOnePool('aborting the signal of a pending call cancels it and it never runs', async (pool, t) => {
  const ran = new Tally(t)
  const meeting = await Rendezvous.open(t)
  const holder = pool.submit(meetAndReturn, meeting.port, 'holder')
  const visitor = await meeting.arrival('holder')
  const controller = new AbortController()
  const waiting = pool.schedule({ fn: tally, args: [ran.path, 'waiting'], signal: controller.signal })
  assert.equal(waiting.state, 'pending')
  controller.abort('changed my mind')
  assert.equal(waiting.state, 'cancelled')
  assert.equal((await rejectionOf(CancelledError, waiting)).cause, 'changed my mind')
  assert.equal(pool.stats.queued, 0)
  visitor.release()
  await holder
  await pool.submit(tally, ran.path, 'after')
  assert.deepEqual(ran.lines, ['after'])
})

testOnePool(
  'abort() of a running call: the future is cancelled at once with the reason, the task sees its signal',
  async (pool, t) => {
    const meeting = await Rendezvous.open(t)
    const before = await pool.submit(myToken)
    const future = pool.submit(waitForAbort, meeting.port, 'task')
    const visitor = await meeting.arrival('task')
    visitor.release()
    const reason = Object.assign(new RangeError('not needed any more'), { code: 'ERR_UNNEEDED' })
    assert.equal(future.abort(reason), true)
    assert.equal(future.state, 'cancelled')
    const error = await rejectionOf(CancelledError, future)
    assert.equal(error.code, 'ERR_FUTURE_CANCELLED')
    assert.equal(error.cause, reason, 'the very reason, not a copy')
    const told = { name: 'RangeError', message: 'not needed any more', code: 'ERR_UNNEEDED' }
    const aborted = await meeting.arrival(`task aborted: ${JSON.stringify(told)}`)
    aborted.release()
    assert.equal(await pool.submit(myToken), before, 'a task that obeys costs no worker')
  },
)

testOnePool('aborting the signal of a running call does what abort() does, with the reason of the signal', async (pool, t) => {
  const meeting = await Rendezvous.open(t)
  const controller = new AbortController()
  const future = pool.schedule({ fn: waitForAbort, args: [meeting.port, 'task'], signal: controller.signal })
  const visitor = await meeting.arrival('task')
  visitor.release()
  controller.abort()
  const error = await rejectionOf(CancelledError, future)
  assert.equal(error.cause, controller.signal.reason)
  const told = { name: 'AbortError', message: (controller.signal.reason as Error).message, code: 20 }
  const aborted = await meeting.arrival(`task aborted: ${JSON.stringify(told)}`)
  aborted.release()
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testOnePool('a reason that cannot be sent cancels all the same', async (pool, t) => {
  const meeting = await Rendezvous.open(t)
  const future = pool.submit(sleepWithSignal, meeting.port, 'task', 60_000)
  const visitor = await meeting.arrival('task')
  visitor.release()
  const reason = { retry: (): void => void future }
  future.abort(reason)
  assert.equal((await rejectionOf(CancelledError, future)).cause, reason)
  const threw = await meeting.arrival('task threw AbortError')
  threw.release()
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testOnePool('a task that looks at its signal only after the abort finds it aborted', async (pool, t) => {
  const meeting = await Rendezvous.open(t)
  const future = pool.submit(lookLater, meeting.port, 'task')
  const visitor = await meeting.arrival('task')
  future.abort('meanwhile')
  // The abort is sent before this answer, but on another wire.
  setTimeout(() => visitor.release(), 50)
  const saw = await meeting.arrival('task saw: {"value":"meanwhile"}')
  saw.release()
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testPools('aborting one call does not touch the signal of another on the same worker', async ({ t, openShared }) => {
  const meeting = await Rendezvous.open(t)
  const pool = openShared(2)
  const obeying = pool.submit(waitForAbort, meeting.port, 'aborted one')
  const other = pool.submit(amIAborted, meeting.port, 'other')
  const [first, second] = await meeting.arrivals(['aborted one', 'other'])
  assert.equal(first.token, second.token)
  first.release()
  obeying.abort('only this one')
  const aborted = await meeting.arrival('aborted one aborted: {"value":"only this one"}')
  aborted.release()
  second.release()
  assert.equal(await other, false)
})

testOnePool('the slot of an aborted call is taken again only when the call has really ended', async (pool, t) => {
  const meeting = await Rendezvous.open(t)
  const aborted = pool.submit(meetAndReturn, meeting.port, 'deaf to signals')
  const visitor = await meeting.arrival('deaf to signals')
  aborted.abort('first')
  const next = pool.submit(meetAndReturn, meeting.port, 'next')
  assert.equal(next.state, 'pending')
  // Long enough for a wrong implementation to send the next call.
  await new Promise((resolve) => {
    setTimeout(resolve, 60)
  })
  assert.equal(next.state, 'pending')
  assert.deepEqual(meeting.names, ['deaf to signals'])
  visitor.release()
  const nextVisitor = await meeting.arrival('next')
  assert.equal(next.state, 'running')
  nextVisitor.release()
  assert.equal(await next, 'next')
  assert.equal(aborted.state, 'cancelled', 'the late result of the aborted call changes nothing')
})

testOnePool('without a grace time an aborted call is never killed', async (pool, t) => {
  const meeting = await Rendezvous.open(t)
  const before = await pool.submit(myToken)
  const aborted = pool.submit(meetAndBlock, meeting.port, 'blocker', 300)
  const visitor = await meeting.arrival('blocker')
  visitor.release()
  aborted.abort('no hurry')
  assert.equal(await pool.submit(myToken), before)
})

testPools('an endless loop is killed after the grace time and the pool goes on', async ({ t, take }) => {
  const meeting = await Rendezvous.open(t)
  const pool = take()
  const before = await pool.submit(myToken)
  const future = pool.submit(meetAndSpin, meeting.port, 'endless')
  const queued = [1, 2, 3].map((n) => pool.submit(add, n, n))
  const visitor = await meeting.arrival('endless')
  visitor.release()
  await visitor.gone
  const started = performance.now()
  future.abort('enough', { grace: 100 })
  assert.equal((await rejectionOf(CancelledError, future)).cause, 'enough')
  assert.ok(performance.now() - started < 90, 'the future does not wait for the kill')
  assert.deepEqual(await Promise.all(queued), [2, 4, 6])
  assert.ok(performance.now() - started >= 95, 'the worker got its grace time')
  assert.notEqual(await pool.submit(myToken), before)
})

testPools('a task that waits for ever is killed after the grace time too', async ({ t, take }) => {
  const meeting = await Rendezvous.open(t)
  const pool = take()
  const future = pool.submit(meetAndStay, meeting.port, 'stubborn')
  const visitor = await meeting.arrival('stubborn')
  visitor.release()
  future.abort('enough', { grace: 50 })
  await rejectionOf(CancelledError, future)
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testPools('a call that obeys in time is not followed by a kill that hits the next call', async ({ t, take }) => {
  const meeting = await Rendezvous.open(t)
  const pool = take()
  const before = await pool.submit(myToken)
  const future = pool.submit(endOnAbort, meeting.port, 'obedient')
  const visitor = await meeting.arrival('obedient')
  visitor.release()
  future.abort('please stop', { grace: 150 })
  assert.equal(await pool.submit(sleep, 400), 'slept')
  assert.equal(await pool.submit(myToken), before)
})

testPools('killing a call that waits for ever lets the others on its worker finish first', async ({ t, openShared }) => {
  const meeting = await Rendezvous.open(t)
  const pool = openShared(3)
  const stubborn = pool.submit(meetAndStay, meeting.port, 'stubborn')
  const others = ['a', 'b'].map((name) => pool.submit(meetAndReturn, meeting.port, name))
  const visitors = await meeting.arrivals(['stubborn', 'a', 'b'])
  assert.equal(new Set(visitors.map(({ token }) => token)).size, 1)
  visitors[0].release()
  stubborn.abort('enough', { grace: 30 })
  await rejectionOf(CancelledError, stubborn)
  await new Promise((resolve) => {
    setTimeout(resolve, 150)
  })
  assert.deepEqual(
    others.map((future) => future.state),
    ['running', 'running'],
  )
  visitors[1].release()
  visitors[2].release()
  assert.deepEqual(await Promise.all(others), ['a', 'b'])
  assert.notEqual(await pool.submit(myToken), visitors[0].token)
})

testPools('killing an endless loop fails the others on its worker as broken, and the queue goes on', async (scene) => {
  const meeting = await Rendezvous.open(scene.t)
  const pool = scene.openShared(2)
  const endless = pool.submit(meetAndSpin, meeting.port, 'endless')
  const victim = pool.submit(meetAndReturn, meeting.port, 'victim')
  const queued = pool.submit(add, 1, 2)
  const [spinner] = await meeting.arrivals(['endless', 'victim'])
  spinner.release()
  await spinner.gone
  endless.abort('enough', { grace: 50 })
  await rejectionOf(CancelledError, endless)
  const error = await rejectionOf(scene.BrokenPoolError, victim)
  assert.equal(error.task, 'meetAndReturn')
  assert.equal(await queued, 3)
})

testPools(
  'a timeout fails a running call with our TimeoutError and kills an endless loop after its grace',
  async ({ t, take }) => {
    const meeting = await Rendezvous.open(t)
    const pool = take()
    const before = await pool.submit(myToken)
    const future = pool.schedule({ fn: meetAndSpin, args: [meeting.port, 'endless'], timeout: 400, grace: 50 })
    const visitor = await meeting.arrival('endless')
    visitor.release()
    const error = await rejectionOf(TimeoutError, future)
    assert.equal(error.code, 'ERR_FUTURE_TIMEOUT')
    assert.equal(error.future, future)
    assert.equal(await pool.submit(add, 1, 2), 3)
    assert.notEqual(await pool.submit(myToken), before)
  },
)

testOnePool('a timed out task sees the TimeoutError as the reason of its signal and may end in peace', async (pool, t) => {
  const meeting = await Rendezvous.open(t)
  const before = await pool.submit(myToken)
  const future = pool.schedule({ fn: waitForAbort, args: [meeting.port, 'task'], timeout: 300 })
  const visitor = await meeting.arrival('task')
  visitor.release()
  const error = await rejectionOf(TimeoutError, future)
  const told = { name: 'TimeoutError', message: error.message, code: 'ERR_FUTURE_TIMEOUT' }
  const aborted = await meeting.arrival(`task aborted: ${JSON.stringify(told)}`)
  aborted.release()
  assert.equal(await pool.submit(myToken), before)
})

testOnePool('a timeout counts from submission: a call that waited too long never starts', async (pool, t) => {
  const ran = new Tally(t)
  const meeting = await Rendezvous.open(t)
  const holder = pool.submit(meetAndReturn, meeting.port, 'holder')
  const visitor = await meeting.arrival('holder')
  const waiting = pool.schedule({ fn: tally, args: [ran.path, 'waiting'], timeout: 30 })
  await rejectionOf(TimeoutError, waiting)
  visitor.release()
  await holder
  await pool.submit(tally, ran.path, 'after')
  assert.deepEqual(ran.lines, ['after'])
})

testOnePool('a timeout that was not needed kills nobody later', async (pool) => {
  const before = await pool.submit(myToken)
  assert.equal(await pool.schedule({ fn: add, args: [1, 2], timeout: 150, grace: 1 }), 3)
  assert.equal(await pool.submit(sleep, 350), 'slept')
  assert.equal(await pool.submit(myToken), before)
})

testOnePool(
  'cancel() of a running call is refused, abort() of a finished one too, and neither changes anything',
  async (pool, t) => {
    const meeting = await Rendezvous.open(t)
    const future = pool.submit(meetAndReturn, meeting.port, 'task')
    const visitor = await meeting.arrival('task')
    assert.equal(future.cancel(), false)
    assert.equal(future.state, 'running')
    visitor.release()
    assert.equal(await future, 'task')
    assert.equal(future.abort('too late', { grace: 1 }), false)
    assert.equal(future.state, 'finished')
    assert.equal(await pool.submit(sleep, 50), 'slept')
  },
)

testPools('an endless loop in a busy pool of fast calls is killed, and every other call runs', async ({ t, take }) => {
  const meeting = await Rendezvous.open(t)
  const pool = take()
  await Promise.all(Array.from({ length: 500 }, (_, i) => pool.submit(add, i, i)))
  const before = Array.from({ length: 20 }, (_, i) => pool.submit(add, i, 1))
  const endless = pool.submit(meetAndSpin, meeting.port, 'endless')
  const after = Array.from({ length: 100 }, (_, i) => pool.submit(add, i, 2))
  const visitor = await meeting.arrival('endless')
  visitor.release()
  await visitor.gone
  endless.abort('enough', { grace: 20 })
  await rejectionOf(CancelledError, endless)
  assert.deepEqual(await Promise.all([...before, ...after]), [...before.map((_, i) => i + 1), ...after.map((_, i) => i + 2)])
})

testPools('shutdown() waits for a call that was aborted but has not ended', async ({ t, open }) => {
  const meeting = await Rendezvous.open(t)
  const pool = open({ maxWorkers: 1 })
  const future = pool.submit(meetAndReturn, meeting.port, 'slow to end')
  const visitor = await meeting.arrival('slow to end')
  future.abort()
  const down = pool.shutdown()
  setTimeout(() => visitor.release(), 30)
  await down
  await visitor.gone
  assert.equal(future.cancelled(), true)
})
