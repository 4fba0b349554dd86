/** A program can hold two copies of the library, for example through two packages. Their futures understand each other. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { inspect } from 'node:util'
import { pathToFileURL } from 'node:url'
import * as here from 'halyard/futures'

describe('another copy of the library', () => {
  let folder: string
  let there: typeof import('halyard/futures')

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'halyard-copy-'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    cpSync(new URL('../../../dist/futures', import.meta.url), join(folder, 'futures'), { recursive: true })
    there = (await import(pathToFileURL(join(folder, 'futures', 'index.js')).href)) as typeof here
  })
  after(() => rmSync(folder, { recursive: true }))

  test('really is another one', () => {
    assert.notEqual(there.Future, here.Future)
    assert.equal(there.Future.withResolvers().future instanceof here.Future, false)
  })

  test('knows our futures, and we know its', () => {
    assert.equal(there.Future.isFuture(here.Future.withResolvers().future), true)
    assert.equal(here.Future.isFuture(there.Future.withResolvers().future), true)
    assert.equal(here.Future.isFuture({ state: 'pending' }), false)
  })

  test('may wait for our futures, beside its own', async () => {
    for (const [one, other] of [
      [here, there],
      [there, here],
    ] as const) {
      const [ours, theirs] = [one.Future.withResolvers<number>(), other.Future.withResolvers<number>()]
      const waiting = one.wait([ours.future, theirs.future], { returnWhen: 'FIRST_COMPLETED' })
      theirs.setResult(1)
      assert.deepEqual(await waiting, { done: new Set([theirs.future]), notDone: new Set([ours.future]) })
      const all = one.wait([ours.future, theirs.future])
      ours.future.cancel()
      assert.equal((await all).done.size, 2)
    }
  })

  test('sees that one of our futures failed', async () => {
    const ours = here.Future.withResolvers<number>()
    const theirs = there.Future.withResolvers<number>()
    const waiting = there.wait([ours.future, theirs.future], { returnWhen: 'FIRST_EXCEPTION' })
    ours.setException(undefined)
    assert.equal((await waiting).done.has(ours.future), true)
  })

  test('gives our futures as they complete', async () => {
    const ours = here.Future.withResolvers<number>()
    const theirs = there.Future.withResolvers<number>()
    const iterator = there.asCompleted([ours.future, theirs.future])
    ours.setException(new Error('no'))
    assert.equal((await iterator.next()).value, ours.future)
    theirs.setResult(1)
    assert.equal((await iterator.next()).value, theirs.future)
    assert.equal((await iterator.next()).done, true)
  })

  test('throws errors with the same codes', async () => {
    const { future } = there.Future.withResolvers<number>()
    await assert.rejects(future.result({ timeout: 0 }), { name: 'TimeoutError', code: 'ERR_FUTURE_TIMEOUT' })
    future.cancel()
    await assert.rejects(future.result(), { name: 'CancelledError', code: 'ERR_FUTURE_CANCELLED' })
  })

  test('shows its futures the same way', () => {
    assert.match(inspect(there.Future.withResolvers().future), /^<Future #\d+ state=pending>$/)
  })

  test('runs a function that was marked with task() here', async () => {
    const { triple } = await import('../fixtures/marked.js')
    await using pool = new there.ThreadPoolExecutor(1)
    assert.equal(await pool.submit(triple, 5), 15)
  })
})
