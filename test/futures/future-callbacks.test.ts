import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { AsyncExecutor, Future, setLogger, type Logger } from 'halyard/futures'
import { cancelled, failed, pending, succeeded } from '../support/future-states.js'

describe('done callbacks', () => {
  test('get the future, at the moment it is done', () => {
    const { future, setResult } = Future.withResolvers<number>()
    const seen: unknown[] = []
    assert.equal(
      future.addDoneCallback((done) => seen.push(done === future, done.state, done.resultNow())),
      future,
    )
    assert.deepEqual(seen, [])
    setResult(5)
    assert.deepEqual(seen, [true, 'finished', 5])
  })

  test('are called for a failure', () => {
    const { future, setException } = Future.withResolvers<number>()
    const error = new Error('test')
    let seen: unknown
    future.addDoneCallback((done) => (seen = done.exceptionNow()))
    setException(error)
    assert.equal(seen, error)
  })

  test('are called for a cancel, inside cancel(), once', () => {
    const future = pending()
    const seen: string[] = []
    future.addDoneCallback((done) => seen.push(done.state))
    assert.equal(future.cancel(), true)
    assert.deepEqual(seen, ['cancelled'])
    future.cancel()
    future.abort()
    assert.deepEqual(seen, ['cancelled'])
  })

  test('are called inside abort() of what runs', () => {
    const { future, setRunningOrNotifyCancel } = Future.withResolvers()
    setRunningOrNotifyCancel()
    const seen: string[] = []
    future.addDoneCallback((done) => seen.push(done.state))
    future.abort()
    assert.deepEqual(seen, ['cancelled'])
  })

  test('are called at once for what is done already', () => {
    const seen: unknown[] = []
    succeeded(5).addDoneCallback((done) => seen.push(done.resultNow()))
    failed(new Error('test')).addDoneCallback((done) => seen.push(done.exceptionNow()?.message))
    cancelled().addDoneCallback((done) => seen.push(done.cancelled()))
    assert.deepEqual(seen, [5, 'test', true])
  })

  test('are called in the order in which they were added, the same one as often as it was added', () => {
    const { future, setResult } = Future.withResolvers<number>()
    const log: number[] = []
    const twice = (): number => log.push(0)
    future.addDoneCallback(twice)
    for (const n of [1, 2, 3]) future.addDoneCallback(() => log.push(n))
    future.addDoneCallback(twice)
    setResult(5)
    assert.deepEqual(log, [0, 1, 2, 3, 0])
  })

  test('a callback added from a callback runs at once, before the later ones', () => {
    const { future, setResult } = Future.withResolvers<number>()
    const log: string[] = []
    future.addDoneCallback((done) => {
      log.push('first')
      done.addDoneCallback(() => log.push('inner'))
      log.push('first again')
    })
    future.addDoneCallback(() => log.push('second'))
    setResult(5)
    assert.deepEqual(log, ['first', 'inner', 'first again', 'second'])
  })

  test('run before any promise reaction, even an earlier one', async () => {
    const { future, setResult } = Future.withResolvers<number>()
    const log: string[] = []
    const reaction = future.then(() => log.push('then'))
    future.addDoneCallback(() => log.push('callback'))
    setResult(5)
    assert.deepEqual(log, ['callback'])
    await reaction
    assert.deepEqual(log, ['callback', 'then'])
  })

  test('a callback may end another future, whose callbacks run in between', () => {
    const [one, other] = [Future.withResolvers<number>(), Future.withResolvers<number>()]
    const log: string[] = []
    one.future.addDoneCallback(() => other.setResult(1))
    one.future.addDoneCallback(() => log.push('one'))
    other.future.addDoneCallback(() => log.push('other'))
    one.setResult(1)
    assert.deepEqual(log, ['other', 'one'])
  })

  test('what is not a function is refused', () => {
    assert.throws(() => pending().addDoneCallback('call me' as never), TypeError)
  })
})

const silent: Logger = () => {}

describe('a callback that throws', () => {
  const logged: { message: string; error: unknown }[] = []
  let previous: Logger
  before(() => {
    previous = setLogger((message, error) => logged.push({ message, error }))
  })
  beforeEach(() => logged.splice(0))
  after(() => {
    setLogger(previous)
  })

  const error = new Error('doh!')
  const raise = (): never => {
    throw error
  }

  test('is logged with its future, and the others still run', async () => {
    const { future, setResult } = Future.withResolvers<number>()
    const log: string[] = []
    future.addDoneCallback(() => log.push('before'))
    future.addDoneCallback(raise)
    future.addDoneCallback(() => log.push('after'))
    setResult(5)
    assert.deepEqual(log, ['before', 'after'])
    assert.equal(logged.length, 1)
    assert.ok(logged[0]?.message.includes(`exception calling callback for <Future #${future.id} state=finished returned number>`))
    assert.equal(logged[0]?.error, error)
    assert.equal(await future, 5)
  })

  test('is logged when the future was done already', () => {
    const future = succeeded(5)
    assert.equal(future.addDoneCallback(raise), future)
    assert.equal(logged.length, 1)
    assert.match(logged[0]?.message ?? '', /exception calling callback for <Future #/)
  })

  test('does not stop cancel()', () => {
    const future = pending().addDoneCallback(raise)
    assert.equal(future.cancel(), true)
    assert.equal(logged.length, 1)
  })

  test('does not stop the executor', async () => {
    await using executor = new AsyncExecutor(1)
    const first = executor.submit(async () => 'first').addDoneCallback(raise)
    const second = executor.submit(() => 'second')
    assert.deepEqual(await Promise.all([first, second]), ['first', 'second'])
    assert.equal(logged.length, 1)
  })

  test('is logged when it is an async function, and is no unhandled rejection', async () => {
    // The test runner fails a test during which a rejection goes unhandled.
    const future = succeeded(5)
    // oxlint-disable-next-line typescript/no-misused-promises
    future.addDoneCallback(async () => {
      await Promise.resolve()
      throw error
    })
    await new Promise(setImmediate)
    assert.equal(logged.length, 1)
    assert.equal(logged[0]?.error, error)
  })

  test('whatever it throws', () => {
    for (const value of [undefined, null, 0, 'text']) {
      succeeded(1).addDoneCallback(() => {
        // oxlint-disable-next-line typescript/only-throw-error
        throw value
      })
    }
    assert.equal(logged.length, 4)
  })

  test('setLogger gives back the logger there was', () => {
    const mine = setLogger(silent)
    assert.equal(setLogger(mine), silent)
  })
})
