/** Which functions an executor takes: exported ones, registered ones, references; and closures where nothing has to travel. */
import assert from 'node:assert/strict'
import { TaskNotFoundError, tasks } from 'halyard/futures'
import { triple } from '../../fixtures/marked.js'
import * as work from '../../fixtures/tasks.js'
import type { Contract } from './scene.js'

const references = tasks<typeof import('../../fixtures/tasks.js')>('../../fixtures/tasks.js', import.meta.url)

export function namingContract({ test }: Contract): void {
  test('a plain exported function needs no registration', async ({ pair }) => {
    assert.equal(await pair.submit(work.add, 1, 2), 3)
  })

  test('a function marked with task() is a task and still a function', async ({ pair }) => {
    assert.equal(triple(5), 15)
    assert.equal(await pair.submit(triple, 5), 15)
    assert.deepEqual(await pair.map(triple, [1, 2]).toArray(), [3, 6])
  })

  test('a reference from tasks() runs without loading the module here', async ({ pair }) => {
    assert.equal(await pair.submit(references.square, 5), 25)
    assert.equal(await pair.schedule({ fn: references.add, args: [1, 2] }), 3)
    assert.deepEqual(await pair.map(references.squareLater, [1, 2, 3]).toArray(), [1, 4, 9])
  })

  test('a reference to what the module does not export fails its own call, by name', async ({ pair }) => {
    const missing = tasks<{ hoist(): void }>('../../fixtures/tasks.js', import.meta.url).hoist
    const error = await pair.submit(missing).exception()
    assert.ok(error instanceof TaskNotFoundError)
    assert.match(error.message, /hoist/)
    assert.equal(await pair.submit(work.square, 2), 4)
  })

  test('a reference to a module that is not there fails its own call', async ({ pair }) => {
    const missing = tasks<{ hoist(): void }>('./no-such-file.js', import.meta.url).hoist
    const error = await pair.submit(missing).exception()
    assert.ok(error instanceof Error)
    assert.match(error.message, /no-such-file/)
    assert.equal(await pair.submit(work.square, 2), 4)
  })

  test('closures, bound functions and unexported ones run in this thread', async ({ pair }) => {
    const factor = 7
    assert.equal(await pair.submit((x: number) => x * factor, 6), 42)
    assert.equal(await pair.submit(work.add.bind(undefined, 1), 2), 3)
    assert.equal(await pair.submit(work.stayAtHome.secret), 'secret')
    assert.deepEqual(await pair.map((x: number) => x * factor, [1, 2]).toArray(), [7, 14])
  })

  const strangers: Readonly<Record<string, () => unknown>> = {
    'a closure': () => work.square(2),
    'a bound function': work.square.bind(undefined, 2),
    'an unexported function': work.stayAtHome.secret,
    'a method': new Map<string, string>().clear,
  }
  for (const [kind, fn] of Object.entries(strangers)) {
    test(`${kind} is refused on its own future, with advice`, async ({ pair }) => {
      const future = pair.submit(fn)
      const error = await future.exception()
      assert.ok(error instanceof TaskNotFoundError)
      assert.equal(error.code, 'ERR_TASK_NOT_FOUND')
      assert.match(error.message, /export/)
      assert.equal(await pair.submit(work.square, 2), 4)
    })
  }

  test('a refused function fails map at its position', async ({ pair }) => {
    const results = pair.map((x: number) => x + 1, [1, 2])
    await assert.rejects(results.next(), TaskNotFoundError)
    assert.deepEqual(await results.next(), { done: true, value: undefined })
  })
}
