import assert from 'node:assert/strict'
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import type { Future } from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import { meetAndReturn } from '../../fixtures/workers/meet.js'
import { tally, tallyAndBlock, tallyAndWait } from '../../fixtures/workers/tallying.js'
import { randomFrom } from '../../support/random.js'
import { within } from '../../support/os-processes.js'
import { Rendezvous } from '../../support/rendezvous.js'
import { Tally } from '../../support/tally.js'
import { testOnePool, testPools, type Pool } from '../../support/worker-pools.js'

const count = (futures: readonly Future<unknown>[], state: string): number =>
  futures.filter((future) => future.state === state).length

testOnePool('one worker starts its calls in the order of submission', async (pool, t) => {
  const started = new Tally(t)
  const names = Array.from({ length: 60 }, (_, i) => String(i))
  await Promise.all(names.map((name) => pool.submit(tally, started.path, name)))
  assert.deepEqual(started.lines, names)
})

testOnePool('one worker starts urgent calls first and equally urgent ones in order', async (pool, t) => {
  const started = new Tally(t)
  const meeting = await Rendezvous.open(t)
  const holder = pool.submit(meetAndReturn, meeting.port, 'holder')
  const visitor = await meeting.arrival('holder')
  const futures = [0, 5, -1, 5, 0, 9].map((priority, i) =>
    pool.schedule({ fn: tally, args: [started.path, `${priority} ${i}`], priority }),
  )
  visitor.release()
  await Promise.all([holder, ...futures])
  assert.deepEqual(started.lines, ['9 5', '5 1', '5 3', '0 0', '0 4', '-1 2'])
})

testOnePool('an urgent call overtakes the waiting ones of a busy pool too', async (pool, t) => {
  const started = new Tally(t)
  const meeting = await Rendezvous.open(t)
  await warmUp(pool)
  const holder = pool.submit(meetAndReturn, meeting.port, 'holder')
  const waiting = [0, 1, 2, 3, 4, 5].map((i) => pool.submit(tally, started.path, String(i)))
  const urgent = pool.schedule({ fn: tally, args: [started.path, 'urgent'], priority: 9 })
  const visitor = await meeting.arrival('holder')
  visitor.release()
  await Promise.all([holder, ...waiting, urgent])
  assert.deepEqual(started.lines, ['urgent', '0', '1', '2', '3', '4', '5'])
})

/** Many fast calls first: a pool that sends calls ahead of their turn does so from now on. */
async function warmUp(pool: Pool): Promise<void> {
  await Promise.all(Array.from({ length: 500 }, (_, i) => pool.submit(add, i, i)))
}

testPools('of many calls on one worker exactly one is running, from the first moment to the last', async ({ t, open }) => {
  const started = new Tally(t)
  const pool = open({ maxWorkers: 1 })
  const futures = Array.from({ length: 40 }, (_, i) => pool.submit(tallyAndWait, started.path, String(i), 3))
  // Even now, while the worker is still starting: the slot is taken.
  assert.equal(futures[0]?.state, 'running')
  assert.equal(count(futures, 'running'), 1)
  assert.equal(count(futures, 'pending'), 39)
  for (let unfinished = 40; unfinished > 0;) {
    await turn()
    unfinished = futures.filter((future) => !future.done()).length
    assert.equal(count(futures, 'running'), Math.min(1, unfinished))
    assert.equal(pool.stats.busy, Math.min(1, unfinished))
    assert.equal(pool.stats.queued, Math.max(0, unfinished - 1))
  }
  assert.deepEqual(
    futures.map((future) => future.resultNow()),
    started.lines,
  )
})

testOnePool('of many fast calls those that say they run have begun, and those that say they wait have not', async (pool, t) => {
  await warmUp(pool)
  const started = new Tally(t)
  const futures = Array.from({ length: 400 }, (_, i) => pool.submit(tally, started.path, String(i)))
  for (let unfinished = 400; unfinished > 0;) {
    await turn()
    // The states are read before the lines: what runs has written its line or is about to; what waits afterwards cannot have.
    const linesBefore = started.lines.length
    // Read from the back: a call that begins while they are read is then never seen to run before an earlier one.
    const states = futures
      .toReversed()
      .map((future) => future.state)
      .toReversed()
    const firstWaiting = states.indexOf('pending')
    if (firstWaiting !== -1) {
      assert.ok(firstWaiting >= linesBefore, `call ${firstWaiting} was said to wait when ${linesBefore} had begun`)
      assert.ok(
        states.slice(firstWaiting).every((state) => state === 'pending'),
        'they begin in order',
      )
      // All that are said to run have begun; the last of them may not have come to write its line.
      assert.ok(await within(1_000, () => started.lines.length >= firstWaiting - 1))
    }
    assert.ok(pool.stats.busy <= 1)
    unfinished = futures.filter((future) => !future.done()).length
  }
})

testPools('each call but the running one can be cancelled, and what is cancelled never runs', async ({ t, open }) => {
  const ran = new Tally(t)
  const meeting = await Rendezvous.open(t)
  const pool = open({ maxWorkers: 1 })
  const holder = pool.submit(meetAndReturn, meeting.port, 'holder')
  const visitor = await meeting.arrival('holder')
  const futures = Array.from({ length: 30 }, (_, i) => pool.submit(tally, ran.path, String(i)))
  assert.equal(holder.cancel(), false)
  for (const [i, future] of futures.entries()) assert.equal(i % 3 === 0 || future.cancel(), true)
  visitor.release()
  await holder
  await Promise.allSettled(futures.map((future) => future.result()))
  await pool.shutdown()
  assert.deepEqual(
    ran.lines,
    futures.map((_, i) => String(i)).filter((_, i) => i % 3 === 0),
  )
})

testOnePool('a callback can still cancel the call that comes next', async (pool, t) => {
  const ran = new Tally(t)
  const futures = Array.from({ length: 20 }, (_, i) => pool.submit(tally, ran.path, String(i)))
  const refused: number[] = []
  for (const [i, future] of futures.entries()) {
    if (i % 2 === 1) continue
    future.addDoneCallback(() => {
      if (futures[i + 1]?.cancel() === false) refused.push(i + 1)
    })
  }
  await Promise.allSettled(futures.map((future) => future.result()))
  const expected = futures.map((_, i) => i).filter((i) => i % 2 === 0 || refused.includes(i))
  assert.deepEqual(ran.lines, expected.map(String))
})

/**
 * Cancels at random while calls of random length run, and compares what cancel() said with what was really run. Nothing may be both
 * cancelled and run, nothing neither. With calls that take their time (`exact`) there are also exactly as many running as there are workers;
 * of fast calls several may be said to run that have ended while their results were on the way.
 */
async function hammer(pool: Pool, ran: Tally, workers: number, seed: number, exact: boolean, warm = true): Promise<void> {
  const random = randomFrom(seed)
  // A pool that is replacing its workers all the time would do so for the warm-up only.
  if (!exact && warm) await warmUp(pool)
  const futures: Future<string>[] = []
  const said = new Map<number, boolean>()
  const check = (): void => {
    const unfinished = futures.filter((future) => !future.done()).length
    if (exact) assert.equal(count(futures, 'running'), Math.min(workers, unfinished), `seed ${seed}`)
    assert.ok(pool.stats.busy <= workers)
  }
  for (let i = 0; i < 150; i += 1) {
    const name = String(i)
    const kind = random()
    if (!exact && kind < 0.6) futures.push(pool.submit(tally, ran.path, name))
    else if (kind < 0.9) futures.push(pool.submit(tallyAndWait, ran.path, name, 1 + random() * 2))
    else futures.push(pool.submit(tallyAndBlock, ran.path, name, 1 + random() * 2))
    check()
    while (random() < 0.4) {
      const victim = Math.floor(random() * futures.length)
      const future = futures[victim] as Future<string>
      const before = future.state
      const cancelled = future.cancel()
      if (before === 'pending' && !exact) {
        // Between the question and the cancellation another thread may have begun the call; then it may not be waiting any more.
        assert.ok(cancelled || future.state !== 'pending', `seed ${seed}: it waits, but cannot be cancelled`)
      } else assert.equal(cancelled, before === 'pending' || before === 'cancelled', `seed ${seed}: ${before}`)
      said.set(victim, cancelled)
      check()
    }
    if (random() < 0.15) await turn()
    if (random() < 0.05) await delay(random() * 4)
  }
  await Promise.allSettled(futures.map((future) => future.result()))
  await pool.shutdown()
  const expected = futures.map((_, i) => i).filter((i) => said.get(i) !== true)
  for (const i of expected) assert.equal(futures[i]?.resultNow(), String(i))
  assert.deepEqual(
    ran.lines.map(Number).sort((a, b) => a - b),
    expected,
    `seed ${seed}: what was run is not what was not cancelled`,
  )
  if (workers === 1) assert.deepEqual(ran.lines.map(Number), expected, `seed ${seed}: not in order`)
}

/** Another one each time: what happens depends on the moment as much, and a message says which it was. */
const seed = Date.now() % 1_000_000

testPools('cancelling at random is exact with one worker', async ({ t, open }) => {
  await hammer(open({ maxWorkers: 1 }), new Tally(t), 1, seed, true)
})

testPools('cancelling fast calls at random is exact with one worker', async ({ t, open }) => {
  await hammer(open({ maxWorkers: 1 }), new Tally(t), 1, seed, false)
})

testPools('cancelling at random is exact with calls sharing a worker', async ({ t, openShared }) => {
  await hammer(openShared(3), new Tally(t), 3, seed, true)
})

testPools('cancelling at random is exact with several workers that share several calls', async ({ t, open }) => {
  await hammer(open({ maxWorkers: 4, threads: 2, callsPerProcess: 2 }), new Tally(t), 4, 99, false)
})

testPools(
  'cancelling at random is exact while workers are replaced all the time',
  async ({ t, open }) => {
    await hammer(open({ maxWorkers: 2, threads: 2, maxTasksPerChild: 25 }), new Tally(t), 2, 4_711, false, false)
  },
  { timeout: 60_000 },
)

testOnePool(
  'fast calls can be cancelled while they wait behind each other, and what is cancelled never runs',
  async (pool, t) => {
    await warmUp(pool)
    for (let round = 0; round < 20; round += 1) {
      const ran = new Tally(t)
      const futures = Array.from({ length: 60 }, (_, i) => pool.submit(tally, ran.path, String(i)))
      // Backwards and after more and more turns of the loop, so that every round meets the worker elsewhere.
      for (let turns = 0; turns < round % 10; turns += 1) await turn()
      const cancelled = new Set<number>()
      for (const [i, future] of [...futures.entries()].toReversed()) {
        if (i % 2 === 1 && future.cancel()) cancelled.add(i)
      }
      await Promise.allSettled(futures.map((future) => future.result()))
      const expected = futures.map((_, i) => i).filter((i) => !cancelled.has(i))
      assert.deepEqual(ran.lines, expected.map(String))
    }
  },
)

testPools('shutdown({ cancelFutures: true }) cancels exactly what is not running', async ({ t, open }) => {
  const ran = new Tally(t)
  const pool = open({ maxWorkers: 1 })
  await warmUp(pool)
  const futures = Array.from({ length: 50 }, (_, i) => pool.submit(tallyAndWait, ran.path, String(i), 1))
  await futures[3]
  const waiting = count(futures, 'pending')
  assert.ok(waiting > 20, 'the test needs calls to cancel')
  await pool.shutdown({ cancelFutures: true })
  // One more may have begun between the question and the shutdown.
  assert.ok(count(futures, 'cancelled') >= waiting - 1)
  assert.deepEqual(
    ran.lines,
    futures.map((_, i) => String(i)).filter((_, i) => futures[i]?.state === 'finished'),
  )
  assert.equal(count(futures, 'cancelled') + count(futures, 'finished'), futures.length)
})
