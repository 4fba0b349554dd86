/** map(): failures at their position, the one deadline, signals, and what is refused at the door. */
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { CancelledError, Future, TimeoutError, type MapOptions } from 'halyard/futures'
import * as work from '../../fixtures/tasks.js'
import type { Contract } from './scene.js'

export function mapErrorsContract(contract: Contract): void {
  failures(contract)
  deadlines(contract)
  signals(contract)
  door(contract)
}

const done = { done: true, value: undefined }

function failures({ test }: Pick<Contract, 'test'>): void {
  test('a failure is raised at its position, and then the iterator ends', async ({ pair }) => {
    const results = pair.map(work.evenOnly, [0, 2, 1, 4])
    assert.deepEqual(await results.next(), { done: false, value: 0 })
    assert.deepEqual(await results.next(), { done: false, value: 2 })
    await assert.rejects(results.next(), { constructor: RangeError, message: '1 is odd' })
    assert.deepEqual(await results.next(), done)
    assert.deepEqual(await results.next(), done)
  })

  test('an early failure waits for the results before it', async ({ pair, port, stage }) => {
    const results = pair.map(work.hold, [port, 1], ['a', 'b'])
    const first = results.next()
    await stage.heard('a')
    await work.say(port, 'the test')
    stage.cue('a')
    assert.equal((await first).value, 'a')
    await assert.rejects(results.next())
  })

  test('after a failure the rest is cancelled', async ({ single, port, stage }) => {
    const results = single.map(work.hold, [1, port, port], ['fails', 'b', 'c'])
    const blocker = single.schedule({ fn: work.hold, args: [port, 'blocker'], priority: 1 })
    await assert.rejects(results.next())
    assert.deepEqual(await results.next(), done)
    stage.cueAll()
    await blocker
    await single.submit(work.say, port, 'last')
    assert.deepEqual(stage.said, ['blocker', 'last'])
  })

  test("onError 'continue' goes on at the next position", async ({ pair }) => {
    const results = pair.map(work.evenOnly, [0, 1, 2, 3, 4], { onError: 'continue' })
    assert.deepEqual(await results.next(), { done: false, value: 0 })
    await assert.rejects(results.next(), { message: '1 is odd' })
    assert.deepEqual(await results.next(), { done: false, value: 2 })
    await assert.rejects(results.next(), { message: '3 is odd' })
    assert.deepEqual(await results.next(), { done: false, value: 4 })
    assert.deepEqual(await results.next(), done)
  })

  test("unordered and 'stop': the first failure ends the iteration", async ({ pair, port, stage }) => {
    const results = pair.map(work.hold, [port, 1], ['a', 'fails'], { unordered: true })
    await assert.rejects(results.next())
    assert.deepEqual(await results.next(), done)
    stage.cueAll()
  })

  test("unordered and 'continue': every failure and every result once", async ({ pair }) => {
    const results = pair.map(work.evenOnly, [0, 1, 2, 3, 4], { unordered: true, onError: 'continue' })
    const found: unknown[] = []
    for (let count = 0; count < 5; count += 1) {
      found.push(
        await results.next().then(
          ({ value }) => value,
          (error: Error) => error.message,
        ),
      )
    }
    assert.deepEqual(new Set(found), new Set([0, 2, 4, '1 is odd', '3 is odd']))
    assert.deepEqual(await results.next(), done)
  })

  test('a failure that nobody takes is nobody’s unhandled rejection', async ({ pair }) => {
    // The test runner fails a test during which a rejection goes unhandled.
    pair.map(work.evenOnly, [1, 3, 5])
    pair.map(work.evenOnly, [1, 3, 5], { unordered: true })
    pair.map(work.evenOnly, [1, 3, 5], { chunksize: 2 }).settled()
    await pair.map(work.square, [1, 2, 3]).toArray()
    await new Promise(setImmediate)
  })

  for (const value of [undefined, null, 0, '', false]) {
    test(`map raises a thrown ${JSON.stringify(value)} too`, async ({ pair }) => {
      const outcome = await pair
        .map(work.throwValue, [value])
        .next()
        .then(
          () => 'fulfilled',
          (reason: unknown) => ({ reason }),
        )
      assert.deepEqual(outcome, { reason: value })
    })
  }
}

function deadlines({ test }: Pick<Contract, 'test'>): void {
  test('the timeout raises our TimeoutError, names the future, and ends the iterator', async ({ pair, port, stage }) => {
    stage.cue('a')
    const results = pair.map(work.hold, [port, port, port], ['a', 'b', 'c'], { timeout: 500 })
    assert.equal((await results.next()).value, 'a')
    await assert.rejects(results.next(), (error) => {
      assert.ok(error instanceof TimeoutError)
      assert.equal(error.code, 'ERR_FUTURE_TIMEOUT')
      assert.ok(Future.isFuture(error.future))
      return true
    })
    assert.deepEqual(await results.next(), done)
  })

  test('the timeout is one deadline from the call of map(), not from next()', async ({ single, port }) => {
    const results = single.map(work.hold, [port, port], ['a', 'b'], { timeout: 60 })
    const began = performance.now()
    await new Promise((resolve) => {
      setTimeout(resolve, 80)
    })
    await assert.rejects(results.next(), { code: 'ERR_FUTURE_TIMEOUT' })
    // Had each next() its own 60 ms, this would be 140 at least.
    assert.ok(performance.now() - began < 135)
  })

  test('after the timeout, what has not started never starts', async ({ single, port, stage }) => {
    const first = single.submit(work.hold, port, 'first')
    const results = single.map(work.hold, [port, port], ['second', 'third'], { timeout: 0 })
    await assert.rejects(results.next(), { code: 'ERR_FUTURE_TIMEOUT' })
    stage.cueAll()
    await first
    await single.submit(work.say, port, 'last')
    assert.deepEqual(stage.said, ['first', 'last'])
  })

  test('a result that is there is given even after the deadline', async ({ single, port }) => {
    const results = single.map(work.square, [1, 2], { timeout: 250 })
    await single.submit(work.say, port, 'both are done')
    await new Promise((resolve) => {
      setTimeout(resolve, 270)
    })
    assert.deepEqual(await results.toArray(), [1, 4])
  })

  test("the task's own TimeoutError is not ours", async ({ pair }) => {
    const results = pair.map(work.throwNamedTimeout, [1], { timeout: 10_000 })
    await assert.rejects(results.next(), (error) => {
      assert.ok(error instanceof Error)
      assert.equal(error.name, 'TimeoutError')
      assert.notEqual((error as { code?: unknown }).code, 'ERR_FUTURE_TIMEOUT')
      return true
    })
  })

  test('an unordered map has the same deadline', async ({ pair, port, stage }) => {
    stage.cue('b')
    const results = pair.map(work.hold, [port, port], ['b', 'a'], { timeout: 500, unordered: true })
    assert.equal((await results.next()).value, 'b')
    await assert.rejects(results.next(), { code: 'ERR_FUTURE_TIMEOUT' })
    assert.deepEqual(await results.next(), done)
  })

  test('a timeout of 2³¹ ms and one of Infinity are no timeout at once', async ({ pair }) => {
    assert.deepEqual(await pair.map(work.squareLater, [1, 2], { timeout: 2 ** 31 }).toArray(), [1, 4])
    assert.deepEqual(await pair.map(work.squareLater, [1, 2], { timeout: Number.POSITIVE_INFINITY }).toArray(), [1, 4])
  })
}

function signals({ test }: Pick<Contract, 'test'>): void {
  test('an aborted signal ends map with its reason, and what waits never starts', async ({ single, port, stage }) => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const results = single.map(work.hold, [port, port], ['a', 'b'], { signal: controller.signal })
    const first = results.next()
    await stage.heard('a')
    controller.abort(reason)
    await assert.rejects(first, (error) => error === reason || (error instanceof CancelledError && error.cause === reason))
    assert.deepEqual(await results.next(), done)
    stage.cueAll()
    await single.submit(work.say, port, 'last')
    assert.deepEqual(stage.said, ['a', 'last'])
  })

  test('map with a signal already aborted starts nothing', async ({ single, port, stage }) => {
    const signal = AbortSignal.abort(new Error('too late'))
    await assert.rejects(async () => single.map(work.say, [port], ['never'], { signal }).toArray())
    await single.submit(work.say, port, 'last')
    assert.deepEqual(stage.said, ['last'])
  })

  test('map leaves no listener on its signal when it is through', async ({ pair }) => {
    const { signal } = new AbortController()
    await pair.map(work.square, [1, 2, 3], { signal }).toArray()
    for await (const value of pair.map(work.square, [1, 2, 3], { signal })) if (value === 1) break
    await assert.rejects(pair.map(work.evenOnly, [1, 2], { signal }).toArray())
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })
}

function door({ test }: Pick<Contract, 'test'>): void {
  const refused: readonly [options: MapOptions, name: string, message: string][] = [
    [{ chunksize: 0 }, 'RangeError', 'chunksize must be >= 1'],
    [{ chunksize: -1 }, 'RangeError', 'chunksize must be >= 1'],
    [{ buffersize: 0 }, 'RangeError', 'buffersize must be > 0'],
    [{ buffersize: -1 }, 'RangeError', 'buffersize must be > 0'],
    [{ buffersize: 1.5 }, 'TypeError', 'buffersize must be an integer'],
    [{ buffersize: Number.NaN }, 'TypeError', 'buffersize must be an integer'],
    [{ buffersize: '2' as never }, 'TypeError', 'buffersize must be an integer'],
  ]
  for (const [options, name, message] of refused) {
    const [[option, value] = []] = Object.entries(options)
    test(`map refuses ${option}: ${typeof value === 'string' ? `'${value}'` : value} at the call, before it takes an input`, ({
      pair,
    }) => {
      let taken = 0
      function* source(): Generator<number> {
        taken += 1
        yield 1
      }
      assert.throws(
        () => pair.map(work.square, source(), options),
        (error) => error instanceof Error && error.name === name && error.message.includes(message),
      )
      assert.equal(taken, 0)
    })
  }

  test('map refuses what it cannot call', ({ pair }) => {
    assert.throws(() => pair.map('square' as never, [1]), TypeError)
    assert.throws(() => pair.map(undefined as never, []), TypeError)
  })
}
