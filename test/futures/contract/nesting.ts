/** Tasks that submit: waiting for a slot that only they could free must be refused, not waited for. */
import assert from 'node:assert/strict'
import { NestedSubmitError } from 'halyard/futures'
import { submitFromTask } from '../../fixtures/nested.js'
import * as work from '../../fixtures/tasks.js'
import type { Contract } from './scene.js'

export function nestingContract({ test }: Contract): void {
  test('a task may not submit to the executor whose every slot is taken', async ({ single }) => {
    const outer = single.submit(async () => single.submit(work.square, 2))
    const error = await outer.exception()
    assert.ok(error instanceof NestedSubmitError)
    assert.equal(error.code, 'ERR_NESTED_SUBMIT')
    assert.equal(await single.submit(work.square, 3), 9)
  })

  test('a task may not map over the executor whose every slot is taken', async ({ single }) => {
    const outer = single.submit(async () => single.map(work.square, [1, 2]).toArray())
    assert.ok((await outer.exception()) instanceof NestedSubmitError)
    assert.equal(await single.submit(work.square, 3), 9)
  })

  test('a task may submit to its own executor while a slot is free', async ({ pair }) => {
    assert.equal(await pair.submit(async () => pair.submit(work.squareLater, 3)), 9)
  })

  test('a task may submit to another executor', async ({ single, pair }) => {
    assert.equal(await single.submit(async () => pair.submit(work.squareLater, 3)), 9)
  })

  for (const kind of ['async', 'sequential'] as const) {
    test(`a task may use a new ${kind} executor`, async ({ pair }) => {
      assert.equal(await pair.submit(submitFromTask, kind), 36)
    })
  }

  for (const kind of ['thread', 'process'] as const) {
    test(`a task in a worker may not submit to a ${kind} pool`, async ({ pair }) => {
      const error = await pair.submit(submitFromTask, kind).exception()
      assert.equal(error?.name, 'NestedSubmitError')
      assert.equal((error as { code?: unknown } | null)?.code, 'ERR_NESTED_SUBMIT')
      assert.equal(await pair.submit(work.square, 3), 9)
    })
  }
}
