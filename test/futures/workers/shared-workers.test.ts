import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { ThreadPoolExecutor } from 'halyard/futures'
import { myToken } from '../../fixtures/workers/identity.js'
import { block, meetAndBlock, meetAndReturn } from '../../fixtures/workers/meet.js'
import { Rendezvous, type Visitor } from '../../support/rendezvous.js'
import { testPools, type Scene } from '../../support/worker-pools.js'

/** How many visitors came from each thread or process. */
function perWorker(visitors: readonly Visitor[]): number[] {
  const counts = new Map<string, number>()
  for (const visitor of visitors) counts.set(visitor.token, (counts.get(visitor.token) ?? 0) + 1)
  return [...counts.values()].sort((a, b) => a - b)
}

const many = (n: number): string[] => Array.from({ length: n }, (_, i) => `call ${i}`)

test('20 calls on 2 threads all run at once, 10 on each', async (t) => {
  const meeting = await Rendezvous.open(t)
  await using pool = new ThreadPoolExecutor({ maxWorkers: 20, threads: 2, name: 'Mast' })
  const names = many(20)
  const futures = names.map((name) => pool.submit(meetAndReturn, meeting.port, name))
  assert.deepEqual([...new Set(futures.map((future) => future.state))], ['running'])
  const visitors = await meeting.arrivals(names)
  assert.deepEqual(perWorker(visitors), [10, 10])
  for (const visitor of visitors) assert.equal(visitor.isMainThread, false)
  const workers = visitors.map((visitor) => visitor.worker)
  assert.deepEqual(
    workers.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
    Array.from({ length: 20 }, (_, i) => `Mast_${i}`),
    'each call that runs has a name of its own',
  )
  // In an order of their own: a result must find its call among the others of its thread.
  for (const visitor of visitors.toReversed()) visitor.release()
  assert.deepEqual(await Promise.all(futures), names)
})

test('a pool of 20 has by default no more threads than there are cores', async (t) => {
  const meeting = await Rendezvous.open(t)
  await using pool = new ThreadPoolExecutor(20)
  const names = many(20)
  const futures = names.map((name) => pool.submit(meetAndReturn, meeting.port, name))
  const visitors = await meeting.arrivals(names)
  assert.equal(perWorker(visitors).length, Math.min(20, availableParallelism()))
  for (const visitor of visitors) visitor.release()
  await Promise.all(futures)
})

test('threads: maxWorkers gives each call that runs a thread of its own', async (t) => {
  const meeting = await Rendezvous.open(t)
  await using pool = new ThreadPoolExecutor({ maxWorkers: 5, threads: 5 })
  const names = many(5)
  const futures = names.map((name) => pool.submit(meetAndReturn, meeting.port, name))
  const visitors = await meeting.arrivals(names)
  assert.deepEqual(perWorker(visitors), [1, 1, 1, 1, 1])
  for (const visitor of visitors) visitor.release()
  assert.deepEqual(await Promise.all(futures), names)
})

testPools('a worker that can carry several calls carries them, up to maxWorkers and no more', async ({ t, openShared }) => {
  const meeting = await Rendezvous.open(t)
  const pool = openShared(3)
  const names = many(7)
  const futures = names.map((name) => pool.submit(meetAndReturn, meeting.port, name))
  const first = await meeting.arrivals(['call 0', 'call 1', 'call 2'])
  assert.deepEqual(perWorker(first), [3])
  assert.deepEqual(
    futures.map((future) => future.state),
    ['running', 'running', 'running', 'pending', 'pending', 'pending', 'pending'],
  )
  // One ends, one begins: the fourth call starts only now, in the slot that became free.
  first[1].release()
  const fourth = await meeting.arrival('call 3')
  assert.equal(fourth.worker, first[1].worker)
  assert.deepEqual(meeting.names.slice(0, 4).sort(), names.slice(0, 4))
  assert.equal(meeting.names.length, 4)
  for (const visitor of [...first, fourth]) visitor.release()
  for (const name of names.slice(4)) (await meeting.arrival(name)).release()
  assert.deepEqual(await Promise.all(futures), names)
})

testPools('names of workers are free again when their calls are over', async ({ t, openShared }) => {
  const meeting = await Rendezvous.open(t)
  const pool = openShared(4, { name: 'Mast' })
  for (let round = 0; round < 3; round += 1) {
    const names = many(4)
    const futures = names.map((name) => pool.submit(meetAndReturn, meeting.port, name))
    const visitors = await meeting.arrivals(names)
    assert.deepEqual(visitors.map((visitor) => visitor.worker).sort(), ['Mast_0', 'Mast_1', 'Mast_2', 'Mast_3'])
    for (const visitor of visitors) visitor.release()
    await Promise.all(futures)
  }
})

/** Two workers with two calls each; resolves when one of them is blocked for `ms` and can do nothing. */
async function blockOne(
  scene: Scene,
  meeting: Rendezvous,
  ms: number,
): Promise<{ pool: ReturnType<Scene['open']>; blocked: PromiseLike<string> }> {
  const pool = scene.open({ maxWorkers: 4, threads: 2, callsPerProcess: 2 })
  // Both workers are up before one is blocked, so that starting one takes no part in what is measured.
  const warm = many(4).map((name) => pool.submit(meetAndReturn, meeting.port, `warm ${name}`))
  for (const visitor of await meeting.arrivals(many(4).map((name) => `warm ${name}`))) visitor.release()
  await Promise.all(warm)
  const blocked = pool.submit(meetAndBlock, meeting.port, 'blocker', ms)
  const visitor = await meeting.arrival('blocker')
  visitor.release()
  await visitor.gone
  return { pool, blocked }
}

testPools('calls that come one by one never wait behind a blocked worker while another is idle', async (scene) => {
  const meeting = await Rendezvous.open(scene.t)
  const { pool, blocked } = await blockOne(scene, meeting, 1_500)
  let over = false
  void blocked.then(
    () => {
      over = true
    },
    // The pool is killed when the test is over, before the block is.
    () => undefined,
  )
  for (let i = 0; i < 10; i += 1) await pool.submit(myToken)
  assert.equal(over, false, 'the calls had to wait for the blocked worker')
})

testPools(
  'calls that come together do not wait behind a blocked worker while another is idle',
  async (scene) => {
    const meeting = await Rendezvous.open(scene.t)
    const { pool, blocked } = await blockOne(scene, meeting, 1_500)
    let over = false
    void blocked.then(
      () => {
        over = true
      },
      // The pool is killed when the test is over, before the block is.
      () => undefined,
    )
    // Three slots are free: one beside the blocked call, two on the idle worker, which could run all of these.
    const tokens = await Promise.all(Array.from({ length: 6 }, () => pool.submit(myToken)))
    assert.equal(over, false, 'some of the calls had to wait for the blocked worker')
    assert.equal(new Set(tokens).size, 1)
  },
  {
    skip: { processes: 'processes share no memory, so a call that has left for one cannot be claimed back' },
  },
)

testPools('fast calls do not wait behind one that turns out to take long', async (scene) => {
  const meeting = await Rendezvous.open(scene.t)
  const pool = scene.open({ maxWorkers: 2, threads: 2 })
  await Promise.all(Array.from({ length: 1_000 }, () => pool.submit(myToken)))
  const fast = Array.from({ length: 20 }, () => pool.submit(myToken))
  const long = pool.submit(meetAndBlock, meeting.port, 'blocker', 1_500)
  fast.push(...Array.from({ length: 100 }, () => pool.submit(myToken)))
  const visitor = await meeting.arrival('blocker')
  visitor.release()
  await visitor.gone
  fast.push(...Array.from({ length: 100 }, () => pool.submit(myToken)))
  await Promise.all(fast)
  assert.equal(long.state, 'running', 'some of the calls had to wait for the long one')
})

testPools('the result of a fast call does not wait for the long call that comes after it', async ({ take }) => {
  const pool = take()
  await Promise.all(Array.from({ length: 1_000 }, () => pool.submit(myToken)))
  for (let round = 0; round < 3; round += 1) {
    const fast = Array.from({ length: 10 }, () => pool.submit(myToken))
    const long = pool.submit(block, 400)
    await Promise.all(fast)
    assert.equal(long.done(), false, 'the results came only with the one of the long call')
    await long
  }
})

testPools('new calls go where the fewest calls are', async ({ t, open }) => {
  const meeting = await Rendezvous.open(t)
  const pool = open({ maxWorkers: 6, threads: 3, callsPerProcess: 2 })
  const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const
  const futures = names.map((name) => pool.submit(meetAndReturn, meeting.port, name))
  const visitors = await meeting.arrivals(names)
  assert.deepEqual(perWorker(visitors), [2, 2, 2])
  const [one] = visitors
  const mates = visitors.filter((visitor) => visitor.token === one.token)
  for (const mate of mates) mate.release()
  for (const mate of mates) await futures[visitors.indexOf(mate)]
  const next = ['next 0', 'next 1'].map((name) => pool.submit(meetAndReturn, meeting.port, name))
  const newcomers = await meeting.arrivals(['next 0', 'next 1'])
  assert.deepEqual(perWorker(newcomers), [2])
  assert.equal(newcomers[0].token, one.token)
  for (const visitor of [...visitors, ...newcomers]) visitor.release()
  await Promise.all([...futures, ...next])
})
