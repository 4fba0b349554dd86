/** map(): how many inputs are taken, when, and what happens to the source. */
import assert from 'node:assert/strict'
import * as work from '../../fixtures/tasks.js'
import type { Contract } from './scene.js'

/** 0, 1, 2 … for ever, counting how many were asked for and telling when it was closed. */
class Naturals {
  closed = false
  taken: number = 0;

  *[Symbol.iterator](): Generator<number> {
    try {
      for (; ; this.taken += 1) yield this.taken
    } finally {
      this.closed = true
    }
  }
}

/** The same as an async iterable. */
class AsyncNaturals {
  closed = false
  taken = 0

  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    try {
      for (; ; this.taken += 1) {
        await Promise.resolve()
        yield this.taken
      }
    } finally {
      this.closed = true
    }
  }
}

/** Counts what is really asked of an iterator: a generator above only knows of the ask after next. */
function counted<T>(source: Iterable<T>): Iterable<T> & { readonly asked: number } {
  const counter = {
    asked: 0,
    *[Symbol.iterator](): Generator<T> {
      for (const item of source) {
        counter.asked += 1
        yield item
      }
    },
  }
  return counter
}

async function* oneTwoThree(): AsyncGenerator<number> {
  for (const x of [1, 2, 3]) {
    await new Promise(setImmediate)
    yield x
  }
}

async function* oneThenFailure(): AsyncGenerator<number> {
  yield 1
  await Promise.resolve()
  throw new RangeError('no more input')
}

function* twoThenFailure(): Generator<number> {
  yield 1
  yield 2
  throw new RangeError('no more input')
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate)
}

export function mapInputContract(contract: Contract): void {
  eager(contract)
  bounded(contract)
  asynchronous(contract)
  sources(contract)
}

function eager({ test }: Pick<Contract, 'test'>): void {
  test('map over an array submits everything at once, before the first next()', async ({ single, port, stage }) => {
    const results = single.map(work.hold, [port, port, port], ['a', 'b', 'c'])
    assert.equal(single.stats.queued, 2)
    stage.cueAll()
    await stage.heard('a', 'b', 'c')
    assert.deepEqual(await results.toArray(), ['a', 'b', 'c'])
  })

  test('map over a set submits everything at once', async ({ single, port, stage }) => {
    const first = single.submit(work.hold, port, 'first')
    single.map(work.square, new Set([1, 2, 3]))
    assert.equal(single.stats.queued, 3)
    stage.cueAll()
    await first
  })

  test('an array that changes after map() does not change what map does', async ({ pair }) => {
    const inputs = [1, 2, 3]
    const results = pair.map(work.square, inputs)
    inputs.push(4)
    inputs[0] = 100
    assert.deepEqual(await results.toArray(), [1, 4, 9])
  })
}

function bounded({ test }: Pick<Contract, 'test'>): void {
  test('buffersize 2 and no next(): exactly two inputs are taken', async ({ pair }) => {
    const source = counted(new Naturals())
    const results = pair.map(work.square, source, { buffersize: 2 })
    assert.equal(source.asked, 2)
    await turns(5)
    assert.equal(source.asked, 2)
    await results[Symbol.asyncDispose]()
  })

  test('each next() takes exactly one more input', async ({ pair }) => {
    const source = counted(new Naturals())
    const results = pair.map(work.square, source, { buffersize: 2 })
    for (let round = 1; round <= 5; round += 1) {
      assert.deepEqual(await results.next(), { done: false, value: (round - 1) ** 2 })
      await turns(3)
      assert.equal(source.asked, 2 + round)
    }
    await results[Symbol.asyncDispose]()
  })

  test('next() takes its input before it waits for the result', async ({ single, port, stage }) => {
    const names = counted(['a', 'b', 'c', 'd'])
    const ports = [port, port, port, port]
    const results = single.map(work.hold, ports, names, { buffersize: 1 })
    await stage.heard('a')
    assert.equal(names.asked, 1)
    const first = results.next()
    await work.say(port, 'the test')
    assert.equal(names.asked, 2)
    stage.cue('a')
    assert.equal((await first).value, 'a')
    assert.equal(names.asked, 2)
    stage.cueAll()
    assert.deepEqual(await results.toArray(), ['b', 'c', 'd'])
  })

  test('buffersize bounds an array as well', async ({ pair }) => {
    const source = counted([1, 2, 3, 4, 5])
    const results = pair.map(work.square, source, { buffersize: 2 })
    assert.equal(source.asked, 2)
    assert.deepEqual(await results.toArray(), [1, 4, 9, 16, 25])
  })

  test('buffersize bounds two iterables in step', async ({ pair }) => {
    const [left, right] = [counted(new Naturals()), counted(new Naturals())]
    const results = pair.map(work.add, left, right, { buffersize: 3 })
    assert.deepEqual([left.asked, right.asked], [3, 3])
    assert.equal((await results.next()).value, 0)
    assert.equal((await results.next()).value, 2)
    assert.deepEqual([left.asked, right.asked], [5, 5])
    await results[Symbol.asyncDispose]()
  })

  test('a buffersize larger than the input is no problem', async ({ pair }) => {
    assert.deepEqual(await pair.map(work.square, [1, 2, 3], { buffersize: 100 }).toArray(), [1, 4, 9])
    assert.deepEqual(await pair.map(work.square, [1, 2, 3], { buffersize: 3 }).toArray(), [1, 4, 9])
  })

  test('a generator is bounded without being asked: twice the workers', async ({ single }) => {
    const source = counted(new Naturals())
    const results = single.map(work.square, source)
    assert.equal(source.asked, 2)
    assert.equal((await results.next()).value, 0)
    assert.equal(source.asked, 3)
    await results[Symbol.asyncDispose]()
  })

  test('two workers take four inputs of a generator', async ({ pair }) => {
    const source = counted(new Naturals())
    const results = pair.map(work.square, source)
    assert.equal(source.asked, 4)
    await results[Symbol.asyncDispose]()
  })

  test('an infinite input can be mapped and left with break', async ({ pair }) => {
    const found: number[] = []
    for await (const value of pair.map(work.square, new Naturals())) {
      found.push(value)
      if (found.length === 20) break
    }
    assert.deepEqual(
      found,
      Array.from({ length: 20 }, (_, index) => index * index),
    )
  })

  test('buffersize and unordered: never more in flight than the buffer', async ({ pair }) => {
    const source = counted(new Naturals())
    const results = pair.map(work.squareLater, source, { buffersize: 2, unordered: true })
    const found: number[] = []
    for await (const value of results) {
      found.push(value)
      assert.ok(source.asked <= found.length + 2, `${source.asked} taken for ${found.length} given`)
      if (found.length === 10) break
    }
    assert.equal(new Set(found).size, 10)
  })
}

function asynchronous({ test }: Pick<Contract, 'test'>): void {
  test('map takes an async iterable', async ({ pair }) => {
    assert.deepEqual(await pair.map(work.square, oneTwoThree()).toArray(), [1, 4, 9])
    assert.deepEqual(await pair.map(work.add, oneTwoThree(), [10, 20, 30, 40]).toArray(), [11, 22, 33])
    assert.deepEqual(await pair.map(work.add, [10, 20], oneTwoThree()).toArray(), [11, 22])
  })

  test('an async iterable is bounded by buffersize', async ({ pair }) => {
    const source = new AsyncNaturals()
    const results = pair.map(work.square, source, { buffersize: 3 })
    await turns(20)
    assert.ok(source.taken <= 3, `${source.taken} taken`)
    assert.equal((await results.next()).value, 0)
    assert.equal((await results.next()).value, 1)
    await turns(20)
    assert.ok(source.taken <= 5, `${source.taken} taken`)
    await results[Symbol.asyncDispose]()
  })

  test('an async iterable is bounded without being asked, and closed at the end', async ({ pair }) => {
    const source = new AsyncNaturals()
    for await (const value of pair.map(work.square, source)) if (value === 25) break
    assert.ok(source.taken <= 6 + 4, `${source.taken} taken`)
    await turns(5)
    assert.equal(source.closed, true)
  })

  test('a failing async iterable fails the iteration, not the process', async ({ pair }) => {
    await assert.rejects(pair.map(work.square, oneThenFailure()).toArray(), { constructor: RangeError, message: 'no more input' })
    assert.equal(await pair.submit(work.square, 2), 4)
  })

  test('results of a source that keeps us waiting can still be closed', async ({ pair }) => {
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<number>>(() => {}) }),
    }
    const results = pair.map(work.square, source)
    const waiting = results.next()
    await results.return?.()
    assert.deepEqual(await waiting, { done: true, value: undefined })
  })
}

function sources({ test }: Pick<Contract, 'test'>): void {
  test('a generator is closed when the results are left early', async ({ pair }) => {
    const source = new Naturals()
    for await (const value of pair.map(work.square, source, { buffersize: 1 })) if (value >= 4) break
    assert.equal(source.closed, true)
  })

  test('a generator is closed when a call fails', async ({ pair }) => {
    const source = new Naturals()
    await assert.rejects(pair.map(work.evenOnly, source, { buffersize: 1 }).toArray(), { message: '1 is odd' })
    assert.equal(source.closed, true)
  })

  test('a failing generator fails the iteration', async ({ pair }) => {
    for (const options of [{}, { buffersize: 1 }, { buffersize: 10 }, { chunksize: 5 }]) {
      await assert.rejects(async () => pair.map(work.square, twoThenFailure(), options).toArray(), { message: 'no more input' })
    }
    assert.equal(await pair.submit(work.square, 2), 4)
  })

  test('what is not iterable is refused at the door', ({ pair }) => {
    for (const source of [42, undefined, null, { length: 2 }]) {
      assert.throws(() => pair.map(work.square, source as never), TypeError)
    }
  })
}
