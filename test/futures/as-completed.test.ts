import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { asCompleted, AsyncExecutor, Future, SequentialExecutor, TimeoutError } from 'halyard/futures'
import { collected } from '../support/garbage.js'
import { cancelled, failed, pending, running, succeeded } from '../support/future-states.js'

/** Takes what is left, by next(), where the future comes out as it is. */
async function all<T>(futures: AsyncIterator<Future<T>>): Promise<Future<T>[]> {
  const found: Future<T>[] = []
  for (let next = await futures.next(); next.done !== true; next = await futures.next()) found.push(next.value)
  return found
}

/** The same loop without its types, for tests of what a loop gets at run time. */
const loop = (futures: AsyncIterable<unknown>): AsyncIterable<unknown> => futures

const error = new Error('no')

describe('asCompleted', () => {
  test('gives the futures themselves, not their results', async () => {
    const future = succeeded('value')
    for await (const found of loop(asCompleted([future]))) assert.equal(found, future)
    const { value, done } = await asCompleted([future]).next()
    assert.equal(value, future)
    assert.equal(done, false)
  })

  test('a failed future is given like any other and does not throw the loop', async () => {
    const futures = [failed(error), failed(undefined), cancelled(), succeeded<unknown>(1)]
    const found: unknown[] = []
    for await (const future of loop(asCompleted(futures))) found.push(future)
    assert.deepEqual(new Set(found), new Set(futures))
  })

  test('gives what is done already first, then the others as they finish', async () => {
    const producers = [1, 2, 3].map(() => Future.withResolvers<number>())
    const [one, two, three] = producers.map(({ future }) => future)
    const ready = succeeded(0)
    const iterator = asCompleted([one!, two!, three!, ready])
    assert.equal((await iterator.next()).value, ready)
    producers[2]?.setResult(3)
    assert.equal((await iterator.next()).value, three)
    producers[0]?.setException(error)
    two?.cancel()
    assert.equal((await iterator.next()).value, one)
    assert.equal((await iterator.next()).value, two)
    assert.deepEqual(await iterator.next(), { done: true, value: undefined })
    assert.deepEqual(await iterator.next(), { done: true, value: undefined })
  })

  test('keeps the order in which futures finished while nobody asked', async () => {
    const producers = [1, 2, 3, 4].map(() => Future.withResolvers<number>())
    const futures = producers.map(({ future }) => future)
    const iterator = asCompleted(futures)
    for (const index of [2, 0, 3, 1]) producers[index]?.setResult(index)
    assert.deepEqual(
      (await all(iterator)).map((future) => future.resultNow()),
      [2, 0, 3, 1],
    )
  })

  test('a cancel is noticed at once', async () => {
    const future = pending()
    const iterator = asCompleted([future])
    const next = iterator.next()
    future.cancel()
    assert.equal((await next).value, future)
  })

  test('gives a future once, however often it was given', async () => {
    const [one, other] = [succeeded(1), failed<number>(error)]
    assert.deepEqual(await all(asCompleted([one, other, one, one, other])), [one, other])
    const { future, setResult } = Future.withResolvers<number>()
    const found = all(asCompleted([future, future]))
    setResult(1)
    assert.deepEqual(await found, [future])
  })

  test('of nothing is nothing', async () => {
    assert.deepEqual(await all(asCompleted([])), [])
    assert.deepEqual(await all(asCompleted(new Set<Future<number>>(), { timeout: 0 })), [])
  })

  test('takes any iterable, and reads it at the call', async () => {
    const futures = new Set([succeeded(1), succeeded(2)])
    const iterator = asCompleted(futures.values())
    futures.add(succeeded(3))
    assert.equal((await all(iterator)).length, 2)
  })

  test('refuses what is not a future', async () => {
    await assert.rejects(async () => all(asCompleted([Promise.resolve(1) as never])), TypeError)
    await assert.rejects(async () => all(asCompleted(42 as never)), TypeError)
  })

  test('mixes futures of different executors', async () => {
    await using many = new AsyncExecutor(2)
    await using one = new SequentialExecutor()
    const futures = [many.submit(async () => 1), one.submit(async () => 2), many.submit(() => 3)]
    const results = (await all(asCompleted(futures))).map((future) => future.resultNow())
    assert.deepEqual(
      results.sort((a, b) => a - b),
      [1, 2, 3],
    )
  })

  test('several next() at a time each get a future of their own', async () => {
    const producers = [1, 2, 3].map(() => Future.withResolvers<number>())
    const iterator = asCompleted(producers.map(({ future }) => future))
    const waiting = Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()])
    for (const { setResult } of producers) setResult(0)
    const found = await waiting
    assert.deepEqual(
      new Set(found.map(({ value }) => value as unknown)),
      new Set([...producers.map(({ future }) => future), undefined]),
    )
    assert.deepEqual(
      found.map(({ done }) => done === true),
      [false, false, false, true],
    )
  })

  test('may be left early, and touches no future by that', async () => {
    const open = running()
    for await (const future of loop(asCompleted([open, succeeded<unknown>(1)]))) {
      assert.notEqual(future, open)
      break
    }
    assert.equal(open.state, 'running')
  })

  test('return() ends a next() that waits', async () => {
    const iterator = asCompleted([pending()])
    const waiting = iterator.next()
    assert.deepEqual(await iterator.return?.(), { done: true, value: undefined })
    assert.deepEqual(await waiting, { done: true, value: undefined })
    assert.deepEqual(await iterator.next(), { done: true, value: undefined })
  })

  test('is its own async iterator', () => {
    const iterator = asCompleted([])
    assert.equal(iterator[Symbol.asyncIterator](), iterator)
  })
})

describe('asCompleted with a limit', () => {
  test('gives what is done, then throws our TimeoutError saying how many are missing', async () => {
    const futures = [cancelled(), pending(), running(), succeeded<unknown>(1)]
    const iterator = asCompleted(futures, { timeout: 20 })
    const found = [(await iterator.next()).value, (await iterator.next()).value]
    assert.deepEqual(new Set(found), new Set([futures[0], futures[3]]))
    await assert.rejects(iterator.next(), (thrown) => {
      assert.ok(thrown instanceof TimeoutError)
      assert.equal(thrown.code, 'ERR_FUTURE_TIMEOUT')
      assert.equal(thrown.message, '2 (of 4) futures unfinished')
      return true
    })
    assert.deepEqual(await iterator.next(), { done: true, value: undefined })
    assert.deepEqual([futures[1]?.state, futures[2]?.state], ['pending', 'running'])
  })

  test('counts a future once in its message', async () => {
    const open = pending()
    await assert.rejects(all(asCompleted([open, open, succeeded<unknown>(1), open], { timeout: 0 })), {
      message: '1 (of 2) futures unfinished',
    })
  })

  test('of 0 ms gives what is done', async () => {
    const futures = [succeeded(1), succeeded(2)]
    assert.deepEqual(await all(asCompleted(futures, { timeout: 0 })), futures)
  })

  test('counts from the call of asCompleted, not from next()', async () => {
    const iterator = asCompleted([pending()], { timeout: 60 })
    await delay(80)
    // Counted from here it would be the later of the two, however late both are.
    const first = await Promise.race([iterator.next().catch((reason: unknown) => reason), delay(50, 'a timer of 50 ms')])
    assert.ok(first instanceof TimeoutError, String(first))
  })

  test('of Infinity or beyond what a timer can count does not end at once', async () => {
    for (const timeout of [Number.POSITIVE_INFINITY, 2 ** 31]) {
      const { future, setResult } = Future.withResolvers<number>()
      const waiting = asCompleted([future], { timeout }).next()
      await new Promise((resolve) => {
        setTimeout(resolve, 5)
      })
      setResult(1)
      assert.equal((await waiting).value, future)
    }
  })

  test('that nobody waits for is no unhandled rejection', async () => {
    asCompleted([pending()], { timeout: 1 })
    await new Promise((resolve) => {
      setTimeout(resolve, 10)
    })
  })

  test('rejects with the reason of an aborted signal, and ends', async () => {
    const open = running()
    const reason = new Error('no patience')
    const controller = new AbortController()
    const iterator = asCompleted([open], { signal: controller.signal })
    const waiting = iterator.next()
    controller.abort(reason)
    await assert.rejects(waiting, (thrown) => thrown === reason)
    assert.deepEqual(await iterator.next(), { done: true, value: undefined })
    await assert.rejects(all(asCompleted([open], { signal: AbortSignal.abort(reason) })), (thrown) => thrown === reason)
    assert.equal(open.state, 'running')
  })

  test('leaves no listener on the signal, however it ends', async () => {
    const { signal } = new AbortController()
    await all(asCompleted([succeeded(1), succeeded(2)], { signal }))
    await assert.rejects(all(asCompleted([pending()], { signal, timeout: 1 })), TimeoutError)
    for await (const future of loop(asCompleted([succeeded(1), pending<number>()], { signal })))
      if (Future.isFuture(future)) break
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })
})

describe('what asCompleted remembers', () => {
  test('the iterator drops each future as it gives it', async () => {
    const last = pending<object>()
    const references: WeakRef<object>[] = []
    const iterator = (() => {
      const producers = [1, 2, 3].map(() => Future.withResolvers<object>())
      const made = asCompleted([...producers.map(({ future }) => future), last])
      for (const { future, setResult } of producers) {
        references.push(new WeakRef(future))
        setResult({ big: new Uint8Array(1000) })
      }
      return made
    })()
    for (let count = 0; count < 3; count += 1) {
      await (async () => {
        const { value } = (await iterator.next()) as IteratorYieldResult<Future<object>>
        references.push(new WeakRef(value.resultNow()))
      })()
    }
    assert.equal(await collected(...references), true)
    last.cancel()
    assert.equal((await iterator.next()).value, last)
  })

  test('a future that is never done keeps nothing of a loop that was left', async () => {
    const forever = pending<object>()
    const references: WeakRef<object>[] = []
    await (async () => {
      const future = succeeded<object>({ big: new Uint8Array(1000) })
      const iterator = asCompleted([future, forever])
      for await (const found of loop(iterator)) if (found === future) break
      references.push(new WeakRef(future), new WeakRef(iterator))
    })()
    assert.equal(await collected(...references), true)
    assert.equal(forever.state, 'pending')
  })
})
