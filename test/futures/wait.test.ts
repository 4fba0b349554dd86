import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { AsyncExecutor, Future, SequentialExecutor, wait } from 'halyard/futures'
import { collected } from '../support/garbage.js'
import { cancelled, failed, pending, running, succeeded } from '../support/future-states.js'

const error = new Error('no')

describe('wait', () => {
  test('for nothing gives two empty sets at once, whatever the condition', async () => {
    for (const returnWhen of ['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION'] as const) {
      assert.deepEqual(await wait([], { returnWhen }), { done: new Set(), notDone: new Set() })
    }
    assert.deepEqual(await wait([]), { done: new Set(), notDone: new Set() })
  })

  test('counts a future once, however often it is given', async () => {
    const [one, other] = [succeeded(1), succeeded(2)]
    const { done, notDone } = await wait([one, other, one, one])
    assert.deepEqual(done, new Set([one, other]))
    assert.equal(notDone.size, 0)
  })

  test('takes any iterable', async () => {
    const futures = [succeeded(1), failed<number>(error)]
    assert.equal((await wait(new Set(futures))).done.size, 2)
    assert.equal((await wait(futures.values())).done.size, 2)
  })

  test('refuses a condition it does not know', async () => {
    const refused = { name: 'RangeError', message: "Invalid return condition: 'ALL'" }
    await assert.rejects(async () => wait([succeeded(1)], { returnWhen: 'ALL' as never }), refused)
    await assert.rejects(async () => wait([], { returnWhen: 'ALL' as never }), refused)
  })

  test('refuses what is not a future, and says so', async () => {
    await assert.rejects(async () => wait([Promise.resolve(1) as never]), TypeError)
    await assert.rejects(async () => wait([succeeded(1), undefined as never]), TypeError)
    await assert.rejects(async () => wait(42 as never), TypeError)
  })

  test('never rejects because a future failed', async () => {
    const futures = [failed(error), cancelled(), succeeded(1)]
    assert.equal((await wait(futures)).done.size, 3)
  })

  test('mixes futures of different executors, and loose ones', async () => {
    await using loop = new AsyncExecutor(2)
    await using row = new SequentialExecutor()
    const futures = [loop.submit(async () => 1), row.submit(async () => 2), loop.submit(() => 3), succeeded(4)]
    const { done, notDone } = await wait(futures)
    assert.deepEqual([done, notDone], [new Set(futures), new Set()])
  })
})

describe('wait for ALL_COMPLETED', () => {
  test('is the default and waits for the last', async () => {
    const producers = [1, 2, 3].map(() => Future.withResolvers<number>())
    const futures = producers.map(({ future }) => future)
    let over = false
    const waiting = wait(futures).then((sets) => {
      over = true
      return sets
    })
    producers[2]?.setResult(1)
    producers[0]?.setException(error)
    await new Promise(setImmediate)
    assert.equal(over, false)
    futures[1]?.cancel()
    assert.deepEqual(await waiting, { done: new Set(futures), notDone: new Set() })
  })

  test('counts a cancelled future as done, at once', async () => {
    const futures = [succeeded(1), cancelled<number>(), failed<number>(error)]
    const { done } = await wait(futures, { returnWhen: 'ALL_COMPLETED' })
    assert.deepEqual(done, new Set(futures))
  })
})

describe('wait for FIRST_COMPLETED', () => {
  const returnWhen = 'FIRST_COMPLETED'

  test('returns with the first that finishes', async () => {
    const { future, setResult } = Future.withResolvers<unknown>()
    const other = pending()
    const waiting = wait([other, future], { returnWhen })
    setResult(1)
    assert.deepEqual(await waiting, { done: new Set([future]), notDone: new Set([other]) })
  })

  test('returns with the first that fails', async () => {
    const { future, setException } = Future.withResolvers<unknown>()
    const other = running()
    const waiting = wait([other, future], { returnWhen })
    setException(error)
    assert.deepEqual(await waiting, { done: new Set([future]), notDone: new Set([other]) })
  })

  test('returns with the first that is cancelled', async () => {
    const [one, other] = [pending(), running()]
    const waiting = wait([one, other], { returnWhen })
    one.cancel()
    assert.deepEqual(await waiting, { done: new Set([one]), notDone: new Set([other]) })
  })

  test('returns at once, with all that are done, when some are', async () => {
    const [one, two, three] = [cancelled(), succeeded<unknown>(1), running()]
    const { done, notDone } = await wait([one, two, three], { returnWhen })
    assert.deepEqual([done, notDone], [new Set([one, two]), new Set([three])])
  })
})

describe('wait for FIRST_EXCEPTION', () => {
  const returnWhen = 'FIRST_EXCEPTION'

  test('returns with the first that fails, and tells which others are done', async () => {
    const producers = [1, 2, 3].map(() => Future.withResolvers<number>())
    const [one, two, three] = producers.map(({ future }) => future) as [Future<number>, Future<number>, Future<number>]
    const waiting = wait([one, two, three], { returnWhen })
    producers[0]?.setResult(42)
    await new Promise(setImmediate)
    producers[1]?.setException(error)
    assert.deepEqual(await waiting, { done: new Set([one, two]), notDone: new Set([three]) })
  })

  test('returns at once when one has failed already', async () => {
    const [one, two, three] = [failed(error), succeeded<unknown>(1), pending()]
    assert.deepEqual(await wait([one, two, three], { returnWhen }), { done: new Set([one, two]), notDone: new Set([three]) })
  })

  test('does not take a cancel for a failure', async () => {
    const { future, setResult } = Future.withResolvers<unknown>()
    const [gone, going] = [cancelled(), pending()]
    let over = false
    const waiting = wait([gone, going, future], { returnWhen }).then((sets) => {
      over = true
      return sets
    })
    going.cancel()
    await new Promise(setImmediate)
    assert.equal(over, false)
    setResult(1)
    assert.deepEqual(await waiting, { done: new Set([gone, going, future]), notDone: new Set() })
  })

  test('is the same as ALL_COMPLETED when nothing fails', async () => {
    const futures = [succeeded(1), succeeded(2), cancelled<number>()]
    assert.deepEqual(await wait(futures, { returnWhen }), { done: new Set(futures), notDone: new Set() })
  })

  for (const value of [undefined, 0, '', false, null]) {
    test(`sees that ${value === '' ? "''" : value} was thrown`, async () => {
      const { future, setException } = Future.withResolvers<unknown>()
      const other = pending()
      const waiting = wait([future, other], { returnWhen })
      setException(value)
      assert.deepEqual(await waiting, { done: new Set([future]), notDone: new Set([other]) })
      assert.equal((await wait([future, other], { returnWhen })).notDone.size, 1)
    })
  }
})

describe('wait for a count', () => {
  test('returns as soon as so many are done', async () => {
    const producers = [1, 2, 3, 4].map(() => Future.withResolvers<number>())
    const futures = producers.map(({ future }) => future)
    let over = false
    const waiting = wait(futures, { count: 2 }).then((sets) => {
      over = true
      return sets
    })
    producers[3]?.setResult(1)
    await new Promise(setImmediate)
    assert.equal(over, false)
    futures[0]?.cancel()
    assert.deepEqual(await waiting, {
      done: new Set([futures[0], futures[3]]),
      notDone: new Set([futures[1], futures[2]]),
    })
  })

  test('returns at once when so many are done already', async () => {
    const { done, notDone } = await wait([succeeded<unknown>(1), failed(error), pending()], { count: 2 })
    assert.deepEqual([done.size, notDone.size], [2, 1])
  })

  test('is all of them when there are fewer', async () => {
    assert.equal((await wait([succeeded(1)], { count: 7 })).done.size, 1)
    assert.equal((await wait([], { count: 7 })).done.size, 0)
  })
})

describe('wait with a limit', () => {
  test('returns what is done when the time is over, and does not throw', async () => {
    const [gone, good, bad, open] = [cancelled(), succeeded<unknown>(1), failed(error), running()]
    const { done, notDone } = await wait([gone, good, bad, open], { timeout: 20 })
    assert.deepEqual([done, notDone], [new Set([gone, good, bad]), new Set([open])])
    assert.equal(open.state, 'running')
  })

  test('of 0 ms looks and returns', async () => {
    const open = pending()
    assert.deepEqual(await wait([open], { timeout: 0 }), { done: new Set(), notDone: new Set([open]) })
  })

  test('of Infinity or beyond what a timer can count does not end at once', async () => {
    for (const timeout of [Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 40]) {
      const { future, setResult } = Future.withResolvers<number>()
      const waiting = wait([future], { timeout })
      await new Promise((resolve) => {
        setTimeout(resolve, 5)
      })
      setResult(1)
      assert.equal((await waiting).done.size, 1)
    }
  })

  test('rejects with the reason of an aborted signal, and cancels nothing', async () => {
    const open = running()
    const reason = new Error('no patience')
    const controller = new AbortController()
    const waiting = wait([open], { signal: controller.signal })
    controller.abort(reason)
    await assert.rejects(waiting, (thrown) => thrown === reason)
    await assert.rejects(wait([open], { signal: AbortSignal.abort(reason) }), (thrown) => thrown === reason)
    assert.equal(open.state, 'running')
  })

  test('leaves no listener on the signal', async () => {
    const { signal } = new AbortController()
    await wait([succeeded(1)], { signal })
    await wait([pending()], { signal, timeout: 1 })
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })
})

describe('after wait', () => {
  test('a future that is never done keeps nothing of those it was waited for with', async () => {
    const forever = pending()
    const references: WeakRef<object>[] = []
    for (const options of [{ returnWhen: 'FIRST_COMPLETED' as const }, { timeout: 1 }, { count: 1 }]) {
      await (async () => {
        const future = succeeded<unknown>({ big: new Uint8Array(1000) })
        const sets = await wait([forever, future], options)
        references.push(new WeakRef(future), new WeakRef(sets.done))
      })()
      await (async () => {
        const { future, setResult } = Future.withResolvers<unknown>()
        const waiting = wait([forever, future], options)
        setResult({ big: new Uint8Array(1000) })
        await waiting
        references.push(new WeakRef(future))
      })()
    }
    assert.equal(await collected(...references), true)
    assert.equal(forever.state, 'pending')
  })
})
