import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { add } from '../../fixtures/workers/arithmetic.js'
import { throwHttpError } from '../../fixtures/workers/errors.js'
import { myPid, myToken } from '../../fixtures/workers/identity.js'
import { meetAndReturn } from '../../fixtures/workers/meet.js'
import { tallyAndDie } from '../../fixtures/workers/misbehaving.js'
import { isAlive, within } from '../../support/os-processes.js'
import { Rendezvous } from '../../support/rendezvous.js'
import { Tally } from '../../support/tally.js'
import { rejectionOf, testPools } from '../../support/worker-pools.js'

/** How many calls in a row each worker ran. */
function runs(tokens: readonly string[]): number[] {
  const lengths: number[] = []
  for (const [i, token] of tokens.entries()) {
    if (token === tokens[i - 1]) lengths.push((lengths.pop() ?? 0) + 1)
    else lengths.push(1)
  }
  return lengths
}

testPools('a worker is replaced after exactly maxTasksPerChild calls, with a queue longer than that', async ({ open }) => {
  const pool = open({ maxWorkers: 1, maxTasksPerChild: 3 })
  const tokens = await Promise.all(Array.from({ length: 5 }, () => pool.submit(myToken)))
  assert.deepEqual(runs(tokens), [3, 2])
  assert.equal(new Set(tokens).size, 2, 'no worker comes back')
})

testPools('a worker is replaced after maxTasksPerChild calls that came one by one', async ({ open }) => {
  const pool = open({ maxWorkers: 1, maxTasksPerChild: 2 })
  const tokens: string[] = []
  for (let i = 0; i < 3; i += 1) tokens.push(await pool.submit(myToken))
  assert.deepEqual(runs(tokens), [2, 1])
})

testPools('maxTasksPerChild: 1 gives every call a worker of its own', async ({ open }) => {
  const pool = open({ maxWorkers: 2, maxTasksPerChild: 1 })
  const tokens = await Promise.all(Array.from({ length: 3 }, () => pool.submit(myToken)))
  assert.equal(new Set(tokens).size, 3)
})

testPools('failed calls count as well', async ({ open }) => {
  const pool = open({ maxWorkers: 1, maxTasksPerChild: 2 })
  const first = await pool.submit(myToken)
  await rejectionOf(Error, pool.submit(throwHttpError, 500))
  assert.notEqual(await pool.submit(myToken), first)
})

testPools('calls that share a worker count together, and none is cut off when the worker goes', async ({ t, openShared }) => {
  const meeting = await Rendezvous.open(t)
  const pool = openShared(4, { maxTasksPerChild: 4 })
  const names = Array.from({ length: 6 }, (_, i) => `call ${i}`)
  const futures = names.map((name) => pool.submit(meetAndReturn, meeting.port, name))
  const tokens: string[] = []
  for (const name of names) {
    const visitor = await meeting.arrival(name)
    tokens.push(visitor.token)
    visitor.release()
  }
  assert.deepEqual(await Promise.all(futures), names)
  const counts = [...new Set(tokens)].map((token) => tokens.filter((other) => other === token).length)
  assert.ok(Math.max(...counts) <= 4, `calls per worker: ${counts.join(', ')}`)
  assert.ok(counts.length >= 2)
})

testPools('shutdown({ wait: false }) still runs a queue longer than maxTasksPerChild', async ({ t, open }) => {
  const meeting = await Rendezvous.open(t)
  const pool = open({ maxWorkers: 1, maxTasksPerChild: 2 })
  const held = pool.submit(meetAndReturn, meeting.port, 'held')
  const futures = Array.from({ length: 4 }, (_, i) => pool.submit(add, i, i))
  const visitor = await meeting.arrival('held')
  await pool.shutdown({ wait: false })
  assert.equal(held.state, 'running')
  visitor.release()
  assert.deepEqual(await Promise.all(futures), [0, 2, 4, 6])
})

testPools('shutdown() waits for a queue longer than maxTasksPerChild', async ({ open }) => {
  const pool = open({ maxWorkers: 2, maxTasksPerChild: 1 })
  const futures = Array.from({ length: 3 }, (_, i) => pool.submit(add, i, i))
  await pool.shutdown()
  assert.deepEqual(
    futures.map((future) => future.resultNow()),
    [0, 2, 4],
  )
})

testPools('a replacement that dies does not hang what is waiting', async ({ t, open, BrokenPoolError }) => {
  const ran = new Tally(t)
  const pool = open({ maxWorkers: 1, maxTasksPerChild: 1 })
  assert.equal(await pool.submit(add, 1, 2), 3)
  const dying = pool.submit(tallyAndDie, ran.path, 'once')
  const next = pool.submit(add, 3, 4)
  await rejectionOf(BrokenPoolError, dying)
  assert.equal(await next, 7)
  assert.deepEqual(ran.lines, ['once'])
})

testPools('a worker that has had its calls goes away by itself, also when nothing follows', async ({ kind, open }) => {
  const pool = open({ maxWorkers: 1, maxTasksPerChild: 2 })
  await pool.submit(myPid)
  const pid = await pool.submit(myPid)
  if (kind === 'processes') assert.ok(await within(3_000, () => !isAlive(pid)))
  else assert.ok(await within(3_000, () => pool.stats.workers === 0))
})

testPools('an abandoned pool with maxTasksPerChild finishes its calls', async ({ open }) => {
  const futures = ((): PromiseLike<number>[] => {
    const pool = open({ maxWorkers: 1, maxTasksPerChild: 1 })
    return Array.from({ length: 2 }, (_, i) => pool.submit(add, i, 1))
  })()
  await delay(1)
  assert.deepEqual(await Promise.all(futures), [1, 2])
})
