/** What map() does on the parent's side, where the executor makes no difference; the rest is in the executor contract. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { AsyncExecutor, currentTask } from 'halyard/futures'
import { collected } from '../support/garbage.js'

const turn = (): Promise<unknown> => new Promise(setImmediate)

const square = (x: number): number => x * x

function* count(to: number): Generator<number> {
  for (let x = 0; x < to; x += 1) yield x
}

function* threeThenFailure(): Generator<number> {
  yield* count(3)
  throw new RangeError('no more input')
}

async function later<T>(value: T): Promise<T> {
  await turn()
  return value
}

/** An endless source that tells whether it was closed. */
function source(): { readonly closed: boolean; [Symbol.iterator](): Iterator<number> } {
  const state = {
    closed: false,
    [Symbol.iterator]: () => {
      let x = 0
      return {
        next: () => ({ done: false as const, value: (x += 1) }),
        return: () => {
          state.closed = true
          return { done: true as const, value: undefined }
        },
      }
    },
  }
  return state
}

describe('map and its source', () => {
  test('reads it during the call, and never between two next()', async () => {
    await using executor = new AsyncExecutor(3)
    let asked = 0
    function* numbers(): Generator<number> {
      for (;;) {
        asked += 1
        yield asked
      }
    }
    const results = executor.map(square, numbers())
    assert.equal(asked, 6)
    await turn()
    assert.equal(asked, 6)
    await results.next()
    await turn()
    assert.equal(asked, 7)
    await results.return()
    await turn()
    assert.equal(asked, 7)
  })

  test('closes every iterator once it is left', async () => {
    await using executor = new AsyncExecutor(2)
    const [left, right] = [source(), source()]
    const results = executor.map((x: number, y: number) => x + y, left, right)
    assert.deepEqual([left.closed, right.closed], [false, false])
    await results.return()
    await turn()
    assert.deepEqual([left.closed, right.closed], [true, true])
  })

  test('closes the longer iterators when the shortest has ended', async () => {
    await using executor = new AsyncExecutor(2)
    const longer = source()
    assert.deepEqual(await executor.map((x: number, y: number) => x + y, [10, 20], longer).toArray(), [11, 22])
    assert.equal(longer.closed, true)
  })

  test('takes an iterator without return()', async () => {
    await using executor = new AsyncExecutor(2)
    const bare = { [Symbol.iterator]: () => ({ next: () => ({ done: false as const, value: 2 }) }) }
    const results = executor.map(square, bare)
    assert.equal((await results.next()).value, 4)
    assert.deepEqual(await results.return(), { done: true, value: undefined })
  })

  test('gives the results that came before the source failed', async () => {
    await using executor = new AsyncExecutor(2)
    const results = executor.map(square, threeThenFailure(), { buffersize: 2 })
    const found: unknown[] = []
    for (let position = 0; position < 4; position += 1) {
      found.push(
        await results.next().then(
          ({ value }) => value,
          (error: unknown) => (error as Error).message,
        ),
      )
    }
    assert.deepEqual(found, [0, 1, 4, 'no more input'])
    assert.deepEqual(await results.next(), { done: true, value: undefined })
  })
})

describe('map and its calls', () => {
  test('never has more in flight than the buffer and the one that next() waits for', async () => {
    await using executor = new AsyncExecutor(8)
    let running = 0
    let most = 0
    const body = async (x: number): Promise<number> => {
      most = Math.max(most, (running += 1))
      await turn()
      running -= 1
      return x
    }
    let position = 0
    for await (const value of executor.map(body, count(2000), { buffersize: 5 })) assert.equal(value, position++)
    assert.equal(position, 2000)
    assert.equal(most, 6)
  })

  test('keeps nothing of a long input but the buffer', async () => {
    await using executor = new AsyncExecutor(2)
    const references: WeakRef<object>[] = []
    function* boxes(): Generator<{ x: number }> {
      for (const x of count(200)) {
        const box = { x }
        references.push(new WeakRef(box))
        yield box
      }
    }
    const results = executor.map((box: { x: number }) => box.x, boxes(), { buffersize: 4 })
    for (let taken = 0; taken < 150; taken += 1) await results.next()
    assert.equal(await collected(...references.slice(0, 140)), true)
    await results.return()
  })

  test('waits for room where the executor has a short queue, instead of failing', async () => {
    await using executor = new AsyncExecutor({ maxWorkers: 1, maxQueue: 2 })
    const body = async (x: number): Promise<number> => {
      await turn()
      assert.ok(executor.stats.queued <= 2)
      return x
    }
    assert.deepEqual(await executor.map(body, [...count(20)]).toArray(), [...count(20)])
  })

  test('its signal aborts what runs as well', async () => {
    await using executor = new AsyncExecutor(2)
    const controller = new AbortController()
    const reasons: unknown[] = []
    const body = async (): Promise<void> => {
      const signal = currentTask()?.signal
      assert.ok(signal)
      await once(signal, 'abort')
      reasons.push(signal.reason)
    }
    const results = executor.map(body, [1, 2], { signal: controller.signal })
    const next = results.next()
    const reason = new Error('enough')
    controller.abort(reason)
    await assert.rejects(next, (error) => error === reason)
    await executor.shutdown()
    assert.deepEqual(reasons, [reason, reason])
  })

  test('two maps on one executor do not disturb each other', async () => {
    await using executor = new AsyncExecutor(3)
    const [one, other] = [executor.map(later<number>, count(50)), executor.map(later<number>, count(50), { unordered: true })]
    assert.deepEqual(await one.toArray(), [...count(50)])
    assert.deepEqual(
      (await other.toArray()).toSorted((a, b) => a - b),
      [...count(50)],
    )
  })

  test('the results of one map may be the input of the next', async () => {
    await using executor = new AsyncExecutor(4)
    const squares = executor.map(async (x: number) => x * x, count(10))
    const texts = executor.map((x: number) => `<${x}>`, squares)
    assert.deepEqual((await texts.toArray()).join(''), '<0><1><4><9><16><25><36><49><64><81>')
  })
})
