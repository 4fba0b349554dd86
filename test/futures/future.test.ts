import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { Future, InvalidStateError } from 'halyard/futures'
import { cancelled, failed, pending, running, succeeded } from '../support/future-states.js'

const everyState = (): Record<string, Future<unknown>> => ({
  pending: pending(),
  running: running(),
  cancelled: cancelled(),
  failed: failed(new TypeError('no')),
  succeeded: succeeded(42),
})

const unexpected = (error: unknown): boolean =>
  error instanceof InvalidStateError && error.message.startsWith('Future in unexpected state: ')

const text = (future: Future<unknown>): string => inspect(future).replace(`#${future.id} `, '#N ')

describe('the states of a future', () => {
  test('state, cancelled(), running() and done() agree', () => {
    const seen = Object.entries(everyState()).map(([name, future]) => [
      name,
      future.state,
      future.cancelled(),
      future.running(),
      future.done(),
    ])
    assert.deepEqual(seen, [
      ['pending', 'pending', false, false, false],
      ['running', 'running', false, true, false],
      ['cancelled', 'cancelled', true, false, true],
      ['failed', 'finished', false, false, true],
      ['succeeded', 'finished', false, false, true],
    ])
  })

  test('cancel() works for what is pending, again for what is cancelled, and for nothing else', () => {
    const seen = Object.entries(everyState()).map(([name, future]) => [name, future.cancel(), future.state])
    assert.deepEqual(seen, [
      ['pending', true, 'cancelled'],
      ['running', false, 'running'],
      ['cancelled', true, 'cancelled'],
      ['failed', false, 'finished'],
      ['succeeded', false, 'finished'],
    ])
  })

  test('abort() works for what is running too', () => {
    const seen = Object.entries(everyState()).map(([name, future]) => [name, future.abort(), future.state])
    assert.deepEqual(seen, [
      ['pending', true, 'cancelled'],
      ['running', true, 'cancelled'],
      ['cancelled', true, 'cancelled'],
      ['failed', false, 'finished'],
      ['succeeded', false, 'finished'],
    ])
  })

  test('a second cancel keeps the first reason', async () => {
    const future = cancelled('first')
    future.cancel('second')
    future.abort('third')
    await assert.rejects(future.result(), { cause: 'first' })
  })

  test('ids count up and are never shared', () => {
    const ids = [pending(), running(), succeeded(1)].map(({ id }) => id)
    assert.ok(ids.every((id) => Number.isInteger(id) && id >= 1))
    assert.deepEqual(
      ids.toSorted((a, b) => a - b),
      ids,
    )
    assert.equal(new Set(ids).size, 3)
  })

  test('the state cannot be set from outside', () => {
    const future = pending()
    assert.throws(() => Object.assign(future, { state: 'finished' }), TypeError)
    assert.equal(future.state, 'pending')
  })
})

describe('the producer', () => {
  test('its functions work alone, without the object they came from', async () => {
    const { future, setResult, setRunningOrNotifyCancel } = Future.withResolvers<number>()
    assert.equal(setRunningOrNotifyCancel(), true)
    assert.equal(future.state, 'running')
    setResult(42)
    assert.equal(await future, 42)
  })

  test('a result may be set without running first, as CPython allows', async () => {
    assert.equal(await succeeded('x'), 'x')
    await assert.rejects(failed(new TypeError('no')).result(), TypeError)
  })

  test('setRunningOrNotifyCancel() says false for a cancelled future', () => {
    const { future, setRunningOrNotifyCancel } = Future.withResolvers()
    future.cancel()
    assert.equal(setRunningOrNotifyCancel(), false)
    assert.equal(future.state, 'cancelled')
  })

  test('setRunningOrNotifyCancel() twice, or when done, is an invalid state', () => {
    const { future, setRunningOrNotifyCancel, setResult } = Future.withResolvers()
    setRunningOrNotifyCancel()
    assert.throws(setRunningOrNotifyCancel, unexpected)
    assert.equal(future.state, 'running')
    setResult(1)
    assert.throws(setRunningOrNotifyCancel, unexpected)
    assert.equal(future.resultNow(), 1)
  })

  test('a result cannot be set twice, and the first one stays', async () => {
    const { future, setResult, setException } = Future.withResolvers<string>()
    setResult('first')
    const message = `FINISHED: <Future #${future.id} state=finished returned string>`
    assert.throws(() => setResult('second'), { name: 'InvalidStateError', code: 'ERR_FUTURE_INVALID_STATE', message })
    assert.throws(() => setException(new Error('late')), { name: 'InvalidStateError', message })
    assert.equal(await future, 'first')
  })

  test('an exception cannot be set twice, and the first one stays', async () => {
    const { future, setResult, setException } = Future.withResolvers<string>()
    const error = new TypeError('first')
    setException(error)
    const message = `FINISHED: <Future #${future.id} state=finished raised TypeError>`
    assert.throws(() => setException(new Error('second')), { name: 'InvalidStateError', message })
    assert.throws(() => setResult('late'), { name: 'InvalidStateError', message })
    assert.equal(await future.exception(), error)
  })

  test('a cancelled future takes neither a result nor an exception', () => {
    for (const end of ['cancel', 'abort'] as const) {
      const { future, setResult, setException } = Future.withResolvers<string>()
      future[end]()
      const message = `CANCELLED: <Future #${future.id} state=cancelled>`
      assert.throws(() => setResult('late'), { name: 'InvalidStateError', message })
      assert.throws(() => setException(new Error('late')), { name: 'InvalidStateError', message })
      assert.equal(future.state, 'cancelled')
    }
  })
})

describe('what a future shows of itself', () => {
  test('inspect tells its state', () => {
    assert.deepEqual(Object.values(everyState()).map(text), [
      '<Future #N state=pending>',
      '<Future #N state=running>',
      '<Future #N state=cancelled>',
      '<Future #N state=finished raised TypeError>',
      '<Future #N state=finished returned number>',
    ])
  })

  test('inspect tells the type of what came out', () => {
    class HttpError extends Error {
      override name = 'HttpError'
    }
    assert.equal(text(succeeded('br')), '<Future #N state=finished returned string>')
    assert.equal(text(failed(new HttpError('no'))), '<Future #N state=finished raised HttpError>')
  })

  test('inspect survives whatever came out', () => {
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error('hands off')
        },
      },
    )
    for (const value of [undefined, null, Object.create(null), hostile, () => {}, Symbol('s'), 1n]) {
      assert.match(text(succeeded(value)), /^<Future #N state=finished returned \S.*>$/)
      assert.match(text(failed(value)), /^<Future #N state=finished raised \S.*>$/)
    }
  })

  test('inspect is the same inside other objects', () => {
    const future = succeeded('br')
    assert.equal(inspect([future]), `[ <Future #${future.id} state=finished returned string> ]`)
  })

  test('isFuture knows futures from everything else', () => {
    for (const future of Object.values(everyState())) assert.equal(Future.isFuture(future), true)
    for (const other of [undefined, null, 0, 'future', {}, () => {}, Promise.resolve(1), Object.create(null)]) {
      assert.equal(Future.isFuture(other), false)
    }
  })

  test('timing tells when it was created and finished', () => {
    const { future, setRunningOrNotifyCancel, setResult } = Future.withResolvers<number>()
    const { created } = future.timing
    assert.ok(Math.abs(created - Date.now()) < 1000)
    assert.deepEqual([future.timing.started, future.timing.finished], [undefined, undefined])
    setRunningOrNotifyCancel()
    const { started } = future.timing
    assert.ok(started !== undefined && started >= created)
    setResult(1)
    const { finished } = future.timing
    assert.ok(finished !== undefined && finished >= started)
    assert.equal(future.timing.worker, undefined)
  })

  test('the progress of a future without reports ends when it is done', async () => {
    const { future, setResult } = Future.withResolvers<number>()
    const steps: unknown[] = []
    const listening = (async () => {
      for await (const step of future.progress) steps.push(step)
    })()
    setResult(1)
    await listening
    for await (const step of future.progress) steps.push(step)
    assert.deepEqual(steps, [])
  })
})
