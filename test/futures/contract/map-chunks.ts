/** map() with chunksize: fewer, bigger parcels, and nothing else is different. */
import assert from 'node:assert/strict'
import * as work from '../../fixtures/tasks.js'
import type { Contract } from './scene.js'

const inputs = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

export function mapChunksContract({ test }: Contract): void {
  for (const chunksize of [1, 3, 39, 40, 50]) {
    test(`forty inputs in chunks of ${chunksize} keep their order`, async ({ pair }) => {
      assert.deepEqual(
        await pair.map(work.add, inputs(40), inputs(40), { chunksize }).toArray(),
        inputs(40).map((x) => 2 * x),
      )
    })
  }

  test('chunks of async functions are awaited', async ({ pair }) => {
    assert.deepEqual(await pair.map(work.squareLater, inputs(5), { chunksize: 2 }).toArray(), [0, 1, 4, 9, 16])
  })

  test('a failure inside a chunk is raised at its own position', async ({ pair }) => {
    const results = pair.map(work.evenOnly, [0, 2, 3, 4], { chunksize: 4 })
    assert.equal((await results.next()).value, 0)
    assert.equal((await results.next()).value, 2)
    await assert.rejects(results.next(), { constructor: RangeError, message: '3 is odd' })
    assert.deepEqual(await results.next(), { done: true, value: undefined })
  })

  test("onError 'continue' loses nothing of a chunk that holds failures", async ({ pair }) => {
    const results = pair.map(work.evenOnly, inputs(7), { chunksize: 3, onError: 'continue' })
    const found: unknown[] = []
    for (let position = 0; position < 7; position += 1) {
      found.push(
        await results.next().then(
          ({ value }) => value,
          (error: Error) => error.message,
        ),
      )
    }
    assert.deepEqual(found, [0, '1 is odd', 2, '3 is odd', 4, '5 is odd', 6])
    assert.equal((await results.next()).done, true)
  })

  test('settled() of chunks has one entry an input', async ({ pair }) => {
    const found: [number, string][] = []
    for await (const { index, status } of pair.map(work.evenOnly, inputs(5), { chunksize: 2, onError: 'continue' }).settled()) {
      found.push([index, status])
    }
    assert.deepEqual(found, [
      [0, 'fulfilled'],
      [1, 'rejected'],
      [2, 'fulfilled'],
      [3, 'rejected'],
      [4, 'fulfilled'],
    ])
  })

  test('errors inside a chunk keep their class, name and properties', async ({ pair }) => {
    const results = pair.map(work.throwHttpErrorFor, [1], { chunksize: 2 })
    await assert.rejects(results.next(), { name: 'HttpError', code: 'ERR_HTTP', status: 503 })
  })

  test('falsy failures inside a chunk are failures', async ({ pair }) => {
    const settled: string[] = []
    for await (const { status } of pair
      .map(work.throwValue, [undefined, 0, ''], { chunksize: 3, onError: 'continue' })
      .settled()) {
      settled.push(status)
    }
    assert.deepEqual(settled, ['rejected', 'rejected', 'rejected'])
  })

  test('a chunked map of a generator is complete', async ({ pair }) => {
    function* source(): Generator<number> {
      yield* inputs(20)
    }
    assert.deepEqual(
      await pair.map(work.square, source(), { chunksize: 3 }).toArray(),
      inputs(20).map((x) => x * x),
    )
    assert.deepEqual(
      await pair.map(work.square, source(), { chunksize: 3, buffersize: 2 }).toArray(),
      inputs(20).map((x) => x * x),
    )
  })

  test('closing a chunked map cancels the chunks that have not started', async ({ single, port, stage }) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const results = single.map(
      work.hold,
      names.map(() => port),
      names,
      { chunksize: 2 },
    )
    await stage.heard('a')
    await results.return?.()
    stage.cueAll()
    await single.submit(work.say, port, 'last')
    assert.deepEqual(
      stage.said.filter((name) => ['c', 'd', 'e', 'f'].includes(name)),
      [],
    )
  })
}
