/** schedule(): submit with options. Signals, deadlines, priorities, keys and retries of one call. */
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { CancelledError, TimeoutError } from 'halyard/futures'
import * as work from '../../fixtures/tasks.js'
import type { Contract } from './scene.js'

const cancelledBecause = (reason: unknown) => (error: unknown) => error instanceof CancelledError && error.cause === reason

export function scheduleContract(contract: Contract): void {
  signals(contract)
  timeouts(contract)
  places(contract)
  attempts(contract)
}

function signals({ test }: Pick<Contract, 'test'>): void {
  test('schedule runs a function with its arguments', async ({ pair }) => {
    assert.equal(await pair.schedule({ fn: work.add, args: [1, 2] }), 3)
    await assert.rejects(pair.schedule({ fn: work.fail, args: ['no'] }).result(), { constructor: TypeError, message: 'no' })
  })

  test('a signal already aborted: cancelled, never started', async ({ single, port, stage }) => {
    const reason = new Error('too late')
    const future = single.schedule({ fn: work.say, args: [port, 'never'], signal: AbortSignal.abort(reason) })
    assert.equal(future.state, 'cancelled')
    await assert.rejects(future.result(), cancelledBecause(reason))
    await single.submit(work.say, port, 'next')
    assert.deepEqual(stage.said, ['next'])
  })

  test('a signal aborted while the call waits: cancelled, never started', async ({ single, port, stage }) => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const first = single.submit(work.hold, port, 'first')
    const second = single.schedule({ fn: work.say, args: [port, 'never'], signal: controller.signal })
    assert.equal(second.state, 'pending')
    controller.abort(reason)
    assert.equal(second.state, 'cancelled')
    stage.cueAll()
    await first
    await assert.rejects(second.result(), cancelledBecause(reason))
    await single.submit(work.say, port, 'next')
    assert.deepEqual(stage.said, ['first', 'next'])
  })

  test('a signal aborted while the call runs: cancelled at once, and the task sees the reason', async ({
    single,
    port,
    stage,
  }) => {
    const controller = new AbortController()
    const reason = new RangeError('enough')
    const future = single.schedule({ fn: work.holdPastAbort, args: [port, 'a'], signal: controller.signal })
    await stage.heard('a')
    controller.abort(reason)
    assert.equal(future.state, 'cancelled')
    await assert.rejects(future.result(), cancelledBecause(reason))
    await stage.heard('a saw RangeError: enough')
  })

  test('the slot of an aborted call stays taken until the call has really ended', async ({ single, port, stage }) => {
    const future = single.submit(work.holdPastAbort, port, 'a')
    await stage.heard('a')
    assert.equal(future.abort(new Error('enough')), true)
    const next = single.submit(work.hold, port, 'next')
    await stage.heard('a leaves')
    assert.equal(next.state, 'pending')
    assert.ok(!stage.said.includes('next'))
    stage.cueAll()
    assert.equal(await next, 'next')
    assert.deepEqual(stage.said.slice(-2), ['a leaves', 'next'])
  })

  test('abort() cancels what waits, and is a mere cancel() for what is done', async ({ single, port, stage }) => {
    const first = single.submit(work.hold, port, 'first')
    const second = single.submit(work.say, port, 'never')
    const reason = new Error('enough')
    assert.equal(second.abort(reason), true)
    assert.equal(second.abort(), true)
    await assert.rejects(second.result(), cancelledBecause(reason))
    stage.cueAll()
    await first
    assert.equal(first.abort(), false)
    assert.equal(first.resultNow(), 'first')
  })

  test('a signal aborted after the call changes nothing', async ({ single }) => {
    const controller = new AbortController()
    const future = single.schedule({ fn: work.square, args: [3], signal: controller.signal })
    assert.equal(await future, 9)
    controller.abort()
    assert.equal(future.state, 'finished')
    assert.equal(await future, 9)
  })

  test('a signal used for many calls keeps no listener of the finished ones', async ({ pair }) => {
    const { signal } = new AbortController()
    await Promise.all([1, 2, 3, 4, 5].map((x) => pair.schedule({ fn: work.square, args: [x], signal })))
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })

  test('aborting one call does not touch its neighbour', async ({ pair, port, stage }) => {
    const [aborted, neighbour] = [pair.submit(work.holdPastAbort, port, 'a'), pair.submit(work.hold, port, 'b')]
    await stage.heard('a', 'b')
    aborted.abort()
    stage.cueAll()
    assert.equal(await neighbour, 'b')
    await assert.rejects(aborted.result(), CancelledError)
  })
}

function timeouts({ test }: Pick<Contract, 'test'>): void {
  test('a call that outlives its timeout fails with our TimeoutError, and the task is told', async ({ single, port, stage }) => {
    const future = single.schedule({ fn: work.holdPastAbort, args: [port, 'a'], timeout: 300 })
    const error = await future.exception()
    assert.ok(error instanceof TimeoutError)
    assert.equal(error.code, 'ERR_FUTURE_TIMEOUT')
    assert.equal(error.future, future)
    assert.equal(future.state, 'finished')
    await stage.heard('a')
    await stage.heardAtLeast(2)
    assert.match(stage.said[1] ?? '', /^a saw TimeoutError: /)
  })

  test('a call that ends within its grace time gives its worker back at once, and nobody is killed', async ({
    make,
    port,
    stage,
  }) => {
    const executor = make({ maxWorkers: 1 })
    const before = await executor.submit(work.whoAmI)
    const timedOut = executor.schedule({ fn: work.holdPastAbort, args: [port, 'a'], timeout: 300, grace: 3000 })
    await stage.heard('a leaves')
    await assert.rejects(timedOut.result(), TimeoutError)
    const began = performance.now()
    stage.cueAll()
    const after = await executor.submit(work.whoAmI)
    assert.ok(performance.now() - began < 2000, 'the next call waited for the end of the grace time')
    assert.deepEqual([after.pid, after.threadId], [before.pid, before.threadId])
  })

  test('the timeout counts from submission, so a call that waits too long never starts', async ({ single, port, stage }) => {
    const first = single.submit(work.hold, port, 'first')
    const second = single.schedule({ fn: work.say, args: [port, 'never'], timeout: 20 })
    await assert.rejects(second.result(), { code: 'ERR_FUTURE_TIMEOUT' })
    stage.cueAll()
    await first
    await single.submit(work.say, port, 'next')
    assert.deepEqual(stage.said, ['first', 'next'])
  })

  test('a call that ends in time is not disturbed by its timeout', async ({ single }) => {
    const future = single.schedule({ fn: work.square, args: [3], timeout: 10_000 })
    assert.equal(await future, 9)
  })

  test('a timeout beyond what a timer can count is no timeout at once', async ({ single, port, stage }) => {
    const future = single.schedule({ fn: work.hold, args: [port, 'a'], timeout: 2 ** 31 + 5 })
    await stage.heard('a')
    await work.say(port, 'the test')
    assert.equal(future.state, 'running')
    stage.cueAll()
    assert.equal(await future, 'a')
  })
}

function places({ test }: Pick<Contract, 'test'>): void {
  test('higher priority goes first, equal ones in order of submission', async ({ single, port, stage }) => {
    const first = single.submit(work.hold, port, 'first')
    const wanted: readonly [string, number | undefined][] = [
      ['normal 1', undefined],
      ['low', -1],
      ['high 1', 5],
      ['normal 2', 0],
      ['high 2', 5],
      ['highest', 6],
    ]
    const futures = wanted.map(([name, priority]) =>
      single.schedule({ fn: work.hold, args: [port, name], ...(priority === undefined ? {} : { priority }) }),
    )
    stage.cueAll()
    await Promise.all([first, ...futures])
    assert.deepEqual(stage.said, ['first', 'highest', 'high 1', 'high 2', 'normal 1', 'normal 2', 'low'])
  })

  test('priority never interrupts a running call', async ({ single, port, stage }) => {
    const running = single.schedule({ fn: work.hold, args: [port, 'low'], priority: -5 })
    const urgent = single.schedule({ fn: work.hold, args: [port, 'urgent'], priority: 100 })
    await stage.heard('low')
    assert.equal(urgent.state, 'pending')
    assert.equal(running.state, 'running')
    stage.cueAll()
    await Promise.all([running, urgent])
    assert.deepEqual(stage.said, ['low', 'urgent'])
  })

  test('while a call with the same key is unfinished its future is given again', async ({ single, port, stage }) => {
    const schedule = (key: string) => single.schedule({ fn: work.hold, args: [port, key], key })
    const first = schedule('br')
    const second = schedule('cn')
    assert.equal(schedule('br'), first)
    assert.equal(schedule('cn'), second)
    assert.notEqual(first, second)
    stage.cueAll()
    await Promise.all([first, second])
    const again = schedule('br')
    assert.notEqual(again, first)
    assert.equal(await again, 'br')
    assert.deepEqual(stage.said, ['br', 'cn', 'br'])
  })

  test('the key of a cancelled or failed call is free again', async ({ single, port, stage }) => {
    const first = single.submit(work.hold, port, 'first')
    const cancelled = single.schedule({ fn: work.square, args: [2], key: 'k' })
    cancelled.cancel()
    const failing = single.schedule({ fn: work.evenOnly, args: [1], key: 'k' })
    assert.notEqual(failing, cancelled)
    stage.cueAll()
    await first
    await assert.rejects(failing.result(), RangeError)
    assert.equal(await single.schedule({ fn: work.square, args: [3], key: 'k' }), 9)
  })
}

function attempts({ test }: Pick<Contract, 'test'>): void {
  test('retries are for dead workers: a call that throws is not repeated', async ({ single, port, stage }) => {
    stage.cueAll()
    await assert.rejects(single.schedule({ fn: work.holdThenFail, args: [port, 'a'], retries: 3 }).result(), {
      message: 'a failed',
    })
    await single.submit(work.say, port, 'next')
    assert.deepEqual(stage.said, ['a', 'next'])
  })

  for (const how of ['crash', 'exit'] as const) {
    test(`a call whose worker ended by ${how} is tried again, and knows which attempt it is`, async ({ make }) => {
      const executor = make({ maxWorkers: 1 })
      assert.equal(await executor.schedule({ fn: work.dieOnFirstAttempt, args: [how], retries: 1 }), 2)
    })
  }
}
