/** How a task's error arrives: nothing a handler could look at may be lost on the way. */
import assert from 'node:assert/strict'
import * as work from '../../fixtures/tasks.js'
import type { Contract } from './scene.js'

type Rich = Error & Record<string, unknown>

async function caught(future: { exception(): Promise<Error | null> }): Promise<Rich> {
  const error = await future.exception()
  assert.ok(error instanceof Error)
  return error as Rich
}

export function errorContract({ test }: Contract): void {
  test('a custom error keeps its name, message, code and own properties', async ({ pair }) => {
    const error = await caught(pair.submit(work.throwHttpError))
    assert.equal(error.name, 'HttpError')
    assert.equal(error.message, 'no flag today')
    assert.equal(error['code'], 'ERR_HTTP')
    assert.equal(error['status'], 503)
    assert.deepEqual(error['headers'], { 'retry-after': '7' })
  })

  test('a custom error keeps its cause, and the cause of that, and the cause of that', async ({ pair }) => {
    const error = await caught(pair.submit(work.throwHttpError))
    const first = error.cause as Rich
    const second = first.cause as Rich
    const third = second.cause as Rich
    assert.ok(first instanceof RangeError && first.message === 'third try')
    assert.ok(second instanceof TypeError && second.message === 'fetch failed')
    assert.ok(third instanceof Error && third.message === 'socket hang up')
    assert.equal(third['code'], 'ECONNRESET')
  })

  test('an error keeps the stack of where it was thrown', async ({ pair }) => {
    const error = await caught(pair.submit(work.throwHttpError))
    assert.match(error.stack ?? '', /no flag today/)
    assert.match(error.stack ?? '', /throwHttpError/)
  })

  test('an AggregateError keeps its errors', async ({ pair }) => {
    const error = await caught(pair.submit(work.throwAggregate))
    assert.ok(error instanceof AggregateError)
    assert.equal(error.message, 'both failed')
    const [first, second] = error.errors as Rich[]
    assert.ok(first instanceof RangeError && first.message === 'first')
    assert.ok(second instanceof Error && second.message === 'second')
    assert.equal(second['code'], 'E2')
    assert.equal(error.errors.length, 2)
  })

  test('a DOMException AbortError arrives as an Error of that name', async ({ pair }) => {
    const error = await caught(pair.submit(work.throwAbortError))
    assert.equal(error.name, 'AbortError')
    assert.equal(error.message, 'enough')
  })

  test('built-in errors arrive as instances of their class', async ({ pair }) => {
    assert.equal((await caught(pair.submit(work.fail, 'no'))).constructor, TypeError)
    assert.equal((await caught(pair.submit(work.evenOnly, 1))).constructor, RangeError)
  })

  test('an error may be awaited, asked for and mapped: it is the same one', async ({ pair }) => {
    const future = pair.submit(work.throwHttpError)
    const error = await caught(future)
    await assert.rejects(future.result(), (again) => again === error)
    await assert.rejects(Promise.resolve(future), (again) => again === error)
    assert.equal(future.exceptionNow(), error)
  })

  test('a failure that nobody asks about is nobody’s unhandled rejection', async ({ pair, port, stage }) => {
    // The test runner fails a test during which a rejection goes unhandled.
    stage.cueAll()
    pair.submit(work.fail, 'at once')
    pair.submit(work.failLater, 'later')
    pair.submit(work.holdThenFail, port, 'a').addDoneCallback(() => {})
    await pair.submit(work.hold, port, 'b')
    await pair.submit(work.square, 2)
    await new Promise(setImmediate)
  })
}
