import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { AsyncExecutor, CancelledError, Future, InvalidStateError, TimeoutError } from 'halyard/futures'
import { cancelled, failed, pending, running, succeeded } from '../support/future-states.js'

describe('result() and exception()', () => {
  test('they tell what came out, of every future that is done', async () => {
    const error = new TypeError('no')
    assert.equal(await succeeded(42).result({ timeout: 0 }), 42)
    assert.equal(await succeeded(42).exception({ timeout: 0 }), null)
    await assert.rejects(failed(error).result({ timeout: 0 }), (thrown) => thrown === error)
    assert.equal(await failed(error).exception({ timeout: 0 }), error)
    await assert.rejects(cancelled().result({ timeout: 0 }), CancelledError)
    await assert.rejects(cancelled().exception({ timeout: 0 }), CancelledError)
  })

  test('they wait', async () => {
    const { future, setResult } = Future.withResolvers<number>()
    const both = Promise.all([future.result(), future.exception(), future.result({ timeout: 10_000 })])
    setResult(42)
    assert.deepEqual(await both, [42, null, 42])
  })

  test('a cancel ends the waiting', async () => {
    const future = pending()
    const waiting = [future.result(), future.exception(), future.result({ timeout: 10_000 })]
    future.cancel('enough')
    for (const promise of waiting) {
      await assert.rejects(promise, (error) => error instanceof CancelledError && error.cause === 'enough')
    }
  })

  test('an abort of what runs ends the waiting', async () => {
    const future = running()
    const waiting = future.result()
    const reason = new Error('enough')
    future.abort(reason)
    await assert.rejects(waiting, (error) => error instanceof CancelledError && error.cause === reason)
  })

  test('a cancel without a reason has no cause', async () => {
    const error: unknown = await cancelled()
      .result()
      .catch((reason: unknown) => reason)
    assert.ok(error instanceof CancelledError)
    assert.equal(error.code, 'ERR_FUTURE_CANCELLED')
    assert.equal('cause' in error, false)
  })

  for (const make of [pending, running]) {
    test(`a timeout on a ${make.name} future rejects, names the future, and cancels nothing`, async () => {
      const future = make()
      for (const timeout of [0, 10]) {
        for (const promise of [future.result({ timeout }), future.exception({ timeout })]) {
          await assert.rejects(promise, (error) => {
            assert.ok(error instanceof TimeoutError)
            assert.equal(error.code, 'ERR_FUTURE_TIMEOUT')
            assert.equal(error.future, future)
            return true
          })
        }
      }
      assert.equal(future.state, make.name)
    })
  }

  test('after a timeout the result can still be had', async () => {
    const { future, setResult } = Future.withResolvers<number>()
    await assert.rejects(future.result({ timeout: 1 }), TimeoutError)
    setResult(42)
    assert.equal(await future.result({ timeout: 1 }), 42)
  })

  test('a timeout longer than a timer can count, and one of Infinity, do not end at once', async () => {
    for (const timeout of [2 ** 31, 2 ** 40, Number.POSITIVE_INFINITY]) {
      const { future, setResult } = Future.withResolvers<number>()
      const waiting = future.result({ timeout })
      await new Promise((resolve) => {
        setTimeout(resolve, 5)
      })
      setResult(42)
      assert.equal(await waiting, 42)
    }
  })

  test('an aborted signal ends the waiting with its reason and cancels nothing', async () => {
    const future = running()
    const controller = new AbortController()
    const reason = new Error('no patience')
    const waiting = [future.result({ signal: controller.signal }), future.exception({ signal: controller.signal })]
    controller.abort(reason)
    for (const promise of waiting) await assert.rejects(promise, (error) => error === reason)
    await assert.rejects(future.result({ signal: AbortSignal.abort(reason) }), (error) => error === reason)
    assert.equal(future.state, 'running')
  })

  test('waiting leaves no listener on the signal behind', async () => {
    const { signal } = new AbortController()
    const { future, setResult } = Future.withResolvers<number>()
    const waiting = [future.result({ signal }), future.exception({ signal })]
    await assert.rejects(future.result({ signal, timeout: 1 }), TimeoutError)
    setResult(1)
    await Promise.all(waiting)
    await future.result({ signal })
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })

  test('resultNow() and exceptionNow() do not wait', () => {
    const error = new TypeError('no')
    assert.equal(succeeded(42).resultNow(), 42)
    assert.equal(succeeded(42).exceptionNow(), null)
    assert.throws(
      () => failed(error).resultNow(),
      (thrown) => thrown === error,
    )
    assert.equal(failed(error).exceptionNow(), error)
    assert.throws(() => cancelled('why').resultNow(), { name: 'CancelledError', cause: 'why' })
    assert.throws(() => cancelled('why').exceptionNow(), { name: 'CancelledError', cause: 'why' })
    for (const future of [pending(), running()]) {
      assert.throws(() => future.resultNow(), InvalidStateError)
      assert.throws(() => future.exceptionNow(), InvalidStateError)
    }
  })

  for (const value of [undefined, null, false, 0, '', Number.NaN]) {
    test(`${value === '' ? "''" : value} as an exception is an exception`, async () => {
      const future = failed<string>(value)
      assert.equal(future.done(), true)
      assert.equal(future.cancelled(), false)
      for (const promise of [future.result(), future.then(null), Promise.resolve(future)]) {
        const outcome = await promise.then(
          () => 'fulfilled',
          (reason: unknown) => ({ reason }),
        )
        assert.deepEqual(outcome, { reason: value })
      }
      const exception = await future.exception()
      assert.ok(exception instanceof Error)
      assert.ok('cause' in exception && Object.is(exception.cause, value))
      assert.ok(future.exceptionNow() instanceof Error)
      let thrown: unknown = 'nothing'
      try {
        future.resultNow()
      } catch (error) {
        thrown = { error }
      }
      assert.deepEqual(thrown, { error: value })
    })
  }

  test('falsy results are results', async () => {
    for (const value of [undefined, null, false, 0, '', Number.NaN]) {
      const future = succeeded(value)
      assert.deepEqual(
        [await future, await future.result(), future.resultNow(), future.exceptionNow()],
        [value, value, value, null],
      )
    }
  })
})

describe('a future among promises', () => {
  test('then, catch and finally give real promises', async () => {
    const future = succeeded(2)
    for (const promise of [future.then(null), future.catch(() => 0), future.finally(() => {})])
      assert.ok(promise instanceof Promise)
    assert.equal(await future.then((x) => x + 1), 3)
    assert.equal(await future.finally(() => 'ignored'), 2)
    assert.equal(await failed<number>(new Error('no')).catch(() => 7), 7)
    assert.equal(await failed<number>(new Error('no')).then(undefined, (error) => (error as Error).message), 'no')
    assert.equal(await succeeded(1).then(null, null), 1)
  })

  test('finally runs for every end, and lets the end pass', async () => {
    const log: string[] = []
    await succeeded(1).finally(() => log.push('succeeded'))
    await assert.rejects(
      failed(new TypeError('no')).finally(() => log.push('failed')),
      TypeError,
    )
    await assert.rejects(
      cancelled().finally(() => log.push('cancelled')),
      CancelledError,
    )
    assert.deepEqual(log, ['succeeded', 'failed', 'cancelled'])
  })

  test('Promise.all, allSettled, race and any take futures', async () => {
    assert.deepEqual(await Promise.all([succeeded(1), succeeded(2)]), [1, 2])
    const outcomes = await Promise.allSettled([succeeded(1), failed(new Error('no')), cancelled()])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    )
    assert.equal(await Promise.race([pending(), succeeded(3)]), 3)
    assert.equal(await Promise.any([failed(new Error('no')), succeeded(4)]), 4)
  })

  test('an async function cannot return a future: it is adopted', async () => {
    assert.equal(await (async () => succeeded('value'))(), 'value')
  })

  test('the same future can be awaited many times, also long after it failed', async () => {
    const error = new Error('no')
    const future = failed(error)
    await new Promise(setImmediate)
    for (let count = 0; count < 3; count += 1) await assert.rejects(Promise.resolve(future), (thrown) => thrown === error)
  })

  test('reactions run in the order in which they were added', async () => {
    const { future, setResult } = Future.withResolvers<number>()
    const log: number[] = []
    const all = [1, 2, 3].map((n) => future.then(() => log.push(n)))
    setResult(0)
    await Promise.all(all)
    assert.deepEqual(log, [1, 2, 3])
  })

  test('a future of an executor is a future like any other', async () => {
    await using executor = new AsyncExecutor(1)
    const future = executor.submit(async () => 'x')
    assert.ok(future instanceof Future)
    assert.match(inspect(future), /^<Future #\d+ state=running>$/)
    assert.equal(await future, 'x')
    assert.match(inspect(future), /^<Future #\d+ state=finished returned string>$/)
  })
})
