/** map(): what comes out, in which order, and the ways to take it. */
import assert from 'node:assert/strict'
import type { Settled } from 'halyard/futures'
import * as work from '../../fixtures/tasks.js'
import { collected } from '../../support/garbage.js'
import type { Contract } from './scene.js'

const inputs = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of iterable) items.push(item)
  return items
}

export function mapResultsContract(contract: Contract): void {
  order(contract)
  ways(contract)
}

function order({ test }: Pick<Contract, 'test'>): void {
  test('map gives results in the order of the inputs', async ({ pair }) => {
    assert.deepEqual(await all(pair.map(work.squareLater, inputs(10))), [0, 1, 4, 9, 16, 25, 36, 49, 64, 81])
  })

  test('map keeps the order of the inputs when calls finish in another one', async ({ pair, port, stage }) => {
    const results = pair.map(work.hold, [port, port], ['a', 'b'])
    await stage.heard('a', 'b')
    stage.cue('b')
    const first = results.next()
    await work.say(port, 'the test')
    stage.cue('a')
    assert.deepEqual(await first, { done: false, value: 'a' })
    assert.deepEqual(await results.next(), { done: false, value: 'b' })
  })

  test('map goes through two iterables in step and ends with the shortest', async ({ pair }) => {
    assert.deepEqual(await pair.map(work.add, [1, 2, 3], [10, 20, 30]).toArray(), [11, 22, 33])
    assert.deepEqual(await pair.map(work.add, [1, 2, 3], [10]).toArray(), [11])
    assert.deepEqual(await pair.map(work.add, [1], [10, 20, 30]).toArray(), [11])
    assert.deepEqual(await pair.map(work.add, [1, 2], []).toArray(), [])
  })

  test('map goes through three iterables in step and ends with the shortest', async ({ pair }) => {
    assert.deepEqual(await pair.map(work.sentence, ['Ada', 'Bob'], ['hoists', 'lowers'], ['a', 'b', 'c']).toArray(), [
      'Ada hoists a',
      'Bob lowers b',
    ])
  })

  test('map over several iterables still takes options last', async ({ pair }) => {
    assert.deepEqual(await pair.map(work.add, [1, 2], [10, 20], { chunksize: 2 }).toArray(), [11, 22])
    const three = pair.map(work.sentence, ['Ada'], ['hoists'], ['a flag'], { buffersize: 1 })
    assert.deepEqual(await three.toArray(), ['Ada hoists a flag'])
  })

  test('map over nothing is nothing', async ({ pair }) => {
    assert.deepEqual(await pair.map(work.square, []).toArray(), [])
    assert.deepEqual(await all(pair.map(work.square, new Set<number>())), [])
    assert.deepEqual(
      await pair.map(work.square, [], { buffersize: 1, chunksize: 3, timeout: 1000, unordered: true }).toArray(),
      [],
    )
  })

  test('map gives each input as the one argument, and does not spread it', async ({ pair }) => {
    assert.deepEqual(await pair.map(work.argumentsOf, [[1, 2], 'ab', undefined]).toArray(), [[[1, 2]], ['ab'], [undefined]])
  })

  test('map takes strings, sets, maps and typed arrays', async ({ pair }) => {
    assert.deepEqual(await pair.map(work.echo, 'añ🏁').toArray(), ['a', 'ñ', '🏁'])
    assert.deepEqual(await pair.map(work.square, new Set([1, 2])).toArray(), [1, 4])
    assert.deepEqual(await pair.map(work.echo, new Map([['a', 1]])).toArray(), [['a', 1]])
    assert.deepEqual(await pair.map(work.square, Uint8Array.of(3, 4)).toArray(), [9, 16])
  })

  test('a hole in an array is an undefined input', async ({ pair }) => {
    const holey = [1, 2, 3]
    // oxlint-disable-next-line typescript/no-array-delete
    delete holey[1]
    assert.deepEqual(await pair.map(work.argumentsOf, holey).toArray(), [[1], [undefined], [3]])
  })

  test('unordered gives results as they finish', async ({ pair, port, stage }) => {
    const results = pair.map(work.hold, [port, port], ['a', 'b'], { unordered: true })
    await stage.heard('a', 'b')
    stage.cue('b')
    assert.deepEqual(await results.next(), { done: false, value: 'b' })
    stage.cue('a')
    assert.deepEqual(await results.next(), { done: false, value: 'a' })
    assert.equal((await results.next()).done, true)
  })

  test('unordered loses nothing and repeats nothing', async ({ pair }) => {
    for (const options of [{}, { buffersize: 3 }, { chunksize: 4 }]) {
      const found = await pair.map(work.squareLater, inputs(30), { unordered: true, ...options }).toArray()
      assert.deepEqual(
        found.sort((a, b) => a - b),
        inputs(30).map((x) => x * x),
      )
    }
  })
}

function ways({ test }: Pick<Contract, 'test'>): void {
  test('toArray takes what is left', async ({ pair }) => {
    const results = pair.map(work.square, [1, 2, 3])
    assert.deepEqual(await results.next(), { done: false, value: 1 })
    assert.deepEqual(await results.toArray(), [4, 9])
    assert.deepEqual(await results.toArray(), [])
  })

  test('several next() at a time get the results in order', async ({ pair }) => {
    const results = pair.map(work.squareLater, [1, 2, 3])
    const answers = await Promise.all([results.next(), results.next(), results.next(), results.next()])
    assert.deepEqual(
      answers.map(({ value }) => value),
      [1, 4, 9, undefined],
    )
    assert.deepEqual(
      answers.map(({ done }) => done === true),
      [false, false, false, true],
    )
  })

  test('results are their own async iterator', ({ pair }) => {
    const results = pair.map(work.square, [1])
    assert.equal(results[Symbol.asyncIterator](), results)
  })

  test('settled() tells of every input how it went, with its index, and never throws', async ({ pair }) => {
    const settled: Settled<number>[] = await all(pair.map(work.evenOnly, inputs(4), { onError: 'continue' }).settled())
    assert.deepEqual(
      settled.map(({ index, status }) => [index, status]),
      [
        [0, 'fulfilled'],
        [1, 'rejected'],
        [2, 'fulfilled'],
        [3, 'rejected'],
      ],
    )
    const [first, second] = settled
    assert.ok(first?.status === 'fulfilled' && first.value === 0)
    assert.ok(second?.status === 'rejected' && second.reason instanceof RangeError && second.reason.message === '1 is odd')
  })

  test('settled() goes to the end without being told to continue', async ({ pair }) => {
    const settled = await all(pair.map(work.evenOnly, inputs(5)).settled())
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    )
  })

  test('settled() and unordered: the index tells which input it was', async ({ pair, port, stage }) => {
    const settled = pair.map(work.hold, [port, port], ['a', 'b'], { unordered: true }).settled()
    await stage.heard('a', 'b')
    stage.cue('b')
    assert.deepEqual(await settled.next(), { done: false, value: { index: 1, status: 'fulfilled', value: 'b' } })
    stage.cue('a')
    assert.deepEqual(await settled.next(), { done: false, value: { index: 0, status: 'fulfilled', value: 'a' } })
  })

  test('settled() is there for several iterables and for chunks', async ({ pair }) => {
    const settled = await all(pair.map(work.add, [1, 2, 3], [10, 20, 30], { chunksize: 2 }).settled())
    assert.deepEqual(
      settled,
      [11, 22, 33].map((value, index) => ({ index, status: 'fulfilled', value })),
    )
  })

  test('the iterator keeps neither the results it has given nor their inputs', async ({ pair }) => {
    const taken: WeakRef<object>[] = []
    const given: WeakRef<object>[] = []
    function* source(): Generator<{ index: number }> {
      for (const index of inputs(6)) {
        const input = { index }
        taken.push(new WeakRef(input))
        yield input
      }
    }
    const results = pair.map(work.boxed, source(), { buffersize: 2 })
    while (given.length < 3) {
      await (async () => {
        const next = await results.next()
        given.push(new WeakRef(next.value as object))
      })()
    }
    assert.equal(await collected(...taken.slice(0, 3), ...given), true)
    assert.equal((await results.toArray()).length, 3)
  })
}
