import assert from 'node:assert/strict'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as first from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import { sleep, waitForAbort } from '../../fixtures/workers/cancellable.js'
import { throwCancelled, throwHttpError } from '../../fixtures/workers/errors.js'
import { myName } from '../../fixtures/workers/identity.js'
import { submitToOwnPool } from '../../fixtures/workers/nesting.js'
import { Rendezvous } from '../../support/rendezvous.js'
import { temporaryFolder } from '../../support/tally.js'
import { rejection } from '../../support/worker-pools.js'

/** A second copy of the built library in another folder, as when two dependencies bring one each. */
async function secondCopy(t: TestContext): Promise<typeof first> {
  const folder = temporaryFolder(t)
  const root = dirname(fileURLToPath(import.meta.resolve('halyard/package.json')))
  mkdirSync(join(folder, 'dist'))
  cpSync(join(root, 'dist', 'futures'), join(folder, 'dist', 'futures'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "name": "halyard", "type": "module" }')
  const copy = (await import(pathToFileURL(join(folder, 'dist', 'futures', 'index.js')).href)) as typeof first
  assert.notEqual(copy.Future, first.Future, 'really another copy')
  return copy
}

test('two copies of the library exchange futures in wait() and asCompleted()', async (t) => {
  const second = await secondCopy(t)
  await using ours = new first.ThreadPoolExecutor(1)
  await using theirs = new second.ThreadPoolExecutor(1)
  const mixed = [ours.submit(add, 1, 2), theirs.submit(add, 3, 4), ours.submit(sleep, 20), theirs.submit(sleep, 20)]
  for (const future of mixed) {
    assert.equal(first.Future.isFuture(future), true)
    assert.equal(second.Future.isFuture(future), true)
  }
  for (const { wait, asCompleted } of [first, second]) {
    const { done, notDone } = await wait(mixed as first.Future<unknown>[])
    assert.equal(done.size, 4)
    assert.equal(notDone.size, 0)
    const completed: unknown[] = []
    const iterator = asCompleted(mixed as first.Future<unknown>[])
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) completed.push(step.value)
    assert.deepEqual(new Set(completed), new Set<unknown>(mixed))
  }
})

test('a copy waits for the first of its own and of foreign futures, and sees them cancelled', async (t) => {
  const second = await secondCopy(t)
  const pending = first.Future.withResolvers<number>()
  const foreign = second.Future.withResolvers<number>()
  const both = [pending.future, foreign.future] as first.Future<number>[]
  const firstDone = first.wait(both, { returnWhen: 'FIRST_COMPLETED' })
  const firstDoneThere = second.wait(both, { returnWhen: 'FIRST_COMPLETED' })
  foreign.future.cancel()
  for (const { done, notDone } of [await firstDone, await firstDoneThere]) {
    assert.deepEqual([...done], [foreign.future])
    assert.deepEqual([...notDone], [pending.future])
  }
  const failed = first.wait(both, { returnWhen: 'FIRST_EXCEPTION' })
  pending.setRunningOrNotifyCancel()
  pending.setException(new RangeError('failed'))
  assert.equal((await failed).done.size, 2)
})

test('a task that imports one copy and runs in a pool of another still finds its task, signal and errors', async (t) => {
  const second = await secondCopy(t)
  const meeting = await Rendezvous.open(t)
  for (const Pool of [second.ThreadPoolExecutor, second.ProcessPoolExecutor]) {
    await using pool = new Pool({ maxWorkers: 1, name: 'Mast' })
    assert.equal(await pool.submit(myName), 'Mast_0')
    assert.equal(((await rejection(pool.submit(throwHttpError, 404))) as Error).name, 'HttpError')
    const thrown = (await rejection(pool.submit(throwCancelled))) as Error & { code: string }
    assert.deepEqual([thrown.name, thrown.code], ['CancelledError', 'ERR_FUTURE_CANCELLED'])
    const nested = (await rejection(pool.submit(submitToOwnPool, false))) as Error & { code: string }
    assert.equal(nested.code, 'ERR_NESTED_SUBMIT')
    const future = pool.submit(waitForAbort, meeting.port, 'task')
    const visitor = await meeting.arrival('task')
    visitor.release()
    future.abort('enough')
    const aborted = await meeting.arrival('task aborted: {"value":"enough"}')
    aborted.release()
    await rejection(future)
  }
})
