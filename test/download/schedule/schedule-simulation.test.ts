/** Whole runs against hosts that are fast, dead, flaky, busy or far too many. The clock is simulated. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomFrom } from '../../support/random.js'
import { job, simulate } from './simulation.js'
import type { Answer, Log, Request } from './simulation.js'

const SECOND = 1000
const refusal: Answer = { ms: 1, code: 'CONNECT_REFUSED' }
const fine: Answer = { ms: 50 }

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))
const requestsTo = ({ requests }: Log, name: string): Request[] => requests.filter(({ host }) => host === `http://${name}`)
const countCodes = ({ ended }: Log): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { code = 'ok' } of ended) counts[code] = (counts[code] ?? 0) + 1
  return counts
}
const deadOrFine = ({ host }: Request): Answer => (host === 'http://dead' ? refusal : fine)
const known = ({ schedule, time }: Log): number => [...schedule.hosts(time)].length
const downs = ({ events }: Log): Log['events'] => events.filter(({ state }) => state === 'down')

test('a single URL whose host refuses it has six attempts and ends within 20 s, whatever the random numbers', () => {
  const ends = times(100, (seed) => {
    const log = simulate({ jobs: [job(0, 'dead')], server: () => refusal, seed })
    assert.deepEqual(log.ended, [{ id: 0, at: log.time, code: 'CONNECT_REFUSED', attempts: 6, refused: false }])
    assert.deepEqual(log.events, [])
    return log.time
  })
  assert.ok(Math.max(...ends) <= 17.5 * SECOND + 6)
  assert.ok(Math.min(...ends) >= 2.5 * SECOND)
})

test('a dead host beside a fast one costs some 40 requests and 12 s, and the fast one nothing', () => {
  const both = times(4000, (id) => job(id, id % 2 === 0 ? 'fast' : 'dead'))
  const alone = simulate({ jobs: both.filter(({ id }) => id % 2 === 0), server: deadOrFine })
  for (const seed of [1, 2, 3, 4, 5]) {
    const log = simulate({ jobs: both, server: deadOrFine, seed })
    const dead = requestsTo(log, 'dead')
    assert.ok(dead.length >= 20 && dead.length <= 50, `${dead.length} requests`)
    assert.ok(log.time >= 10 * SECOND && log.time <= 16 * SECOND, `${log.time} ms`)
    assert.equal(Math.max(...log.ended.filter(({ id }) => id % 2 === 0).map(({ at }) => at)), alone.time)
    const { ok, HOST_DOWN = 0, CONNECT_REFUSED = 0 } = countCodes(log)
    assert.deepEqual([ok, HOST_DOWN + CONNECT_REFUSED], [2000, 2000])
    assert.equal(CONNECT_REFUSED, new Set(dead.map(({ id }) => id)).size)
  }
})

test('5,000 URLs of a host that swallows connections cost a list under a minute of a few places', () => {
  const log = simulate({
    jobs: (function* () {
      for (let id = 0; id < 100_000; id++) yield job(id, id % 20 === 0 ? 'hole' : `host${id % 997}`)
    })(),
    server: ({ host }) => (host === 'http://hole' ? { ms: 10 * SECOND, code: 'TIMEOUT_CONNECT' } : fine),
  })
  assert.ok(requestsTo(log, 'hole').length <= 40)
  assert.equal(downs(log)[0]?.host, 'http://hole')
  assert.ok(downs(log)[0]!.at <= 40 * SECOND, `down at ${downs(log)[0]!.at}`)
  assert.equal(countCodes(log)['ok'], 95_000)
  // Without the hole: 95,000 × 50 ms in 64 places.
  assert.ok(log.time <= (95_000 * 50) / 64 + 45 * SECOND, `${log.time} ms`)
})

test('a host that resets 30 % of its connections never goes down', () => {
  const random = randomFrom(7)
  const log = simulate({
    jobs: times(20_000, (id) => job(id, 'flaky')),
    server: () => (random() < 0.3 ? { ms: 5, code: 'RESET' } : { ms: 20 }),
  })
  assert.deepEqual(downs(log), [])
  const { ok = 0, RESET = 0 } = countCodes(log)
  // All six attempts of a job fail once in 1,372.
  assert.ok(ok + RESET === 20_000 && RESET <= 40, `${RESET} lost`)
})

test('a host that restarts within 5 s loses no job', () => {
  const log = simulate({
    jobs: times(5000, (id) => job(id, 'restarted')),
    server: ({ start }) => (start >= 2 * SECOND && start < 7 * SECOND ? refusal : fine),
  })
  assert.deepEqual(countCodes(log), { ok: 5000 })
  assert.deepEqual(downs(log), [])
})

test('a host that serves three long transfers and resets the rest does not count as down', () => {
  let serving: number[] = []
  const log = simulate({
    jobs: times(40, (id) => job(id, 'narrow')),
    server: ({ start }) => {
      serving = serving.filter((until) => until > start)
      if (serving.length === 3) return { ms: 2, code: 'RESET' }
      serving.push(start + 60 * SECOND)
      return { ms: 60 * SECOND }
    },
    settings: { perHost: 32 },
  })
  assert.deepEqual(downs(log), [])
  // A job can still lose the race for a place six times.
  assert.ok(log.ended.every(({ code, attempts }) => code === undefined || (code === 'RESET' && attempts === 6)))
  assert.ok(countCodes(log)['ok']! >= 10)
})

test('a name without an address is down for all its URLs after three', () => {
  const log = simulate({
    jobs: times(1000, (id) => job(id, id % 2 === 0 ? 'nowhere' : 'fast')),
    server: ({ host }) => (host === 'http://nowhere' ? { ms: 5, code: 'DNS_NOT_FOUND' } : fine),
    settings: { perHost: 2 },
  })
  assert.equal(downs(log).length, 1)
  assert.equal(requestsTo(log, 'nowhere').length, 4)
  assert.deepEqual(countCodes(log), { ok: 500, DNS_NOT_FOUND: 4, HOST_DOWN: 496 })
})

test('a host that answers nothing but 503 is given up when 20 jobs would have been, and nobody else waits for it', () => {
  const log = simulate({
    jobs: times(4000, (id) => job(id, id % 2 === 0 ? 'busy' : 'fast')),
    server: ({ host }) => (host === 'http://busy' ? { ms: 10, code: 'HTTP_503' } : fine),
  })
  const requests = requestsTo(log, 'busy').length
  assert.ok(requests >= 120 && requests <= 136, `${requests} requests`)
  assert.equal(countCodes(log)['ok'], 2000)
  assert.ok(Math.max(...log.ended.filter(({ id }) => id % 2 === 1).map(({ at }) => at)) <= (2000 / 16) * 50)
})

test('a host that answers 429 to all but one request a second loses no more than it must, and is never down', () => {
  let served = -Infinity
  const log = simulate({
    jobs: times(60, (id) => job(id, 'strict')),
    server: ({ start }) => {
      if (start < served + SECOND) return { ms: 1, code: 'HTTP_429', retryAfter: Math.ceil(served + SECOND - start) }
      served = start
      return { ms: 1 }
    },
    settings: { perHost: 1 },
  })
  assert.deepEqual(countCodes(log), { ok: 60 })
  assert.deepEqual(downs(log), [])
})

test('Retry-After is kept to the millisecond by the whole host and by no other', () => {
  const log = simulate({
    jobs: times(200, (id) => job(id, id % 2 === 0 ? 'asks' : 'fast')),
    server: ({ host, before }) =>
      host === 'http://asks' && before === 5 ? { ms: 7, code: 'HTTP_503', retryAfter: 61_234 } : fine,
  })
  const [cooling] = log.events
  assert.deepEqual(cooling, { type: 'host', host: 'http://asks', state: 'cooling', delay: 61_234, at: 7 })
  const after = requestsTo(log, 'asks').filter(({ start }) => start > 7)
  assert.equal(Math.min(...after.map(({ start }) => start)), 7 + 61_234)
  // The one that was sent away goes first.
  assert.equal(after[0]?.attempt, 2)
  assert.ok(Math.max(...requestsTo(log, 'fast').map(({ start }) => start)) <= (100 / 16) * 50)
})

test('a Retry-After beyond the limit is cut to it, and the run ends', () => {
  const log = simulate({
    jobs: [job(0, 'far')],
    server: ({ before }) => (before === 0 ? { ms: 1, code: 'HTTP_429', retryAfter: 1e15 } : fine),
  })
  assert.equal(log.requests[1]?.start, 600_001)
  assert.deepEqual(countCodes(log), { ok: 1 })
})

test('a host that is down is probed after 30 s, then after twice as long each time up to 10 min, and is up when it answers', () => {
  const HOUR = 3600 * SECOND
  const log = simulate({
    jobs: times(60_000, (id) => job(id, 'dead')),
    arrival: ({ id }) => id * 100,
    server: ({ start }) => (start < HOUR ? refusal : fine),
  })
  const told = log.events.filter(({ state }) => state !== 'cooling')
  assert.deepEqual(
    told.map(({ state, delay }) => [state, delay]),
    [...[30, 60, 120, 240, 480, 600, 600, 600, 600, 600].map((seconds) => ['down', seconds * SECOND]), ['up', undefined]],
  )
  // One probe each, and all of the rest refused without a request.
  const between = log.requests.filter(({ start }) => start > told[0]!.at && start < HOUR)
  assert.equal(between.length, 9)
  assert.ok(log.ended.filter(({ id, code }) => id * 100 > told.at(-1)!.at && code !== undefined).length === 0)
})

test('jobs that come while the probe is out wait for its answer', () => {
  const settings = { hostFailures: 1, retries: 0 }
  const log = simulate({
    jobs: [job(0, 'slow'), job(1, 'slow'), ...times(5, (i) => job(2 + i, 'slow'))],
    arrival: ({ id }) => [0, 15_000, 60_000][Math.min(id, 2)]! + id,
    server: ({ id }) => (id < 2 ? refusal : { ms: 2000 }),
    settings,
  })
  assert.deepEqual(
    log.requests.map(({ id, start }) => [id, start]),
    [
      [0, 0],
      [1, 15_001],
      [2, 60_002],
      [3, 62_002],
      [4, 62_002],
      [5, 62_002],
      [6, 62_002],
    ],
  )
  assert.deepEqual(countCodes(log), { CONNECT_REFUSED: 2, ok: 5 })
})

test('a job that waits for its retry when its host goes down fails then, with its own code and its attempts', () => {
  const log = simulate({
    jobs: times(300, (id) => job(id, 'dead')),
    server: ({ before }) => ({ ...refusal, message: `connect ECONNREFUSED (${before})` }),
  })
  const [down] = downs(log)
  const early = log.ended.filter(({ refused, attempts }) => refused && attempts > 0)
  assert.ok(early.length > 5)
  for (const { at, code, message } of early) {
    assert.equal(at, down?.at)
    assert.equal(code, 'CONNECT_REFUSED')
    assert.match(
      message!,
      /^connect ECONNREFUSED \(\d+\); not tried again: http:\/\/dead is down: no useful answer to \d+ requests in a row/,
    )
  }
  const unasked = log.ended.filter(({ attempts }) => attempts === 0)
  assert.ok(unasked.length > 200)
  for (const { code, message } of unasked) {
    assert.equal(code, 'HOST_DOWN')
    assert.match(message!, /^http:\/\/dead is down: .* the last time CONNECT_REFUSED; not asked for 30 s$/)
  }
})

test('a shortener that redirects to dead hosts is not dead', () => {
  const log = simulate({
    jobs: times(500, (id) => job(id, 'short')),
    server: ({ id }) => (id % 50 === 0 ? fine : { ms: 30, code: 'DNS_NOT_FOUND', redirected: true }),
  })
  assert.deepEqual(log.events, [])
  assert.deepEqual(countCodes(log), { DNS_NOT_FOUND: 490, ok: 10 })
})

test('10,000 hosts, each with its own pace, are all served at once', () => {
  const log = simulate({
    jobs: times(30_000, (id) => job(id, `host${id % 10_000}`)),
    server: () => ({ ms: 40 }),
    settings: { concurrency: 1000, perHostRate: 1 },
  })
  assert.deepEqual(countCodes(log), { ok: 30_000 })
  // Three requests each, a second apart.
  assert.ok(log.time >= 2 * SECOND && log.time <= 3 * SECOND, `${log.time} ms`)
})

test('a slow host at the head of the list fills the window, and the hosts behind it are read nevertheless', () => {
  const log = simulate({
    jobs: times(25_000, (id) => job(id, id < 15_000 ? 'slow' : `host${id % 100}`)),
    server: ({ host }) => ({ ms: host === 'http://slow' ? 100 : 20 }),
  })
  const others = log.ended.filter(({ id }) => id >= 15_000)
  assert.ok(Math.max(...others.map(({ at }) => at)) < 10 * SECOND)
  // While there are others, it takes turns with them.
  assert.ok(log.time < (15_000 / 16) * 100 * 1.05)
})

test('a list with more than 20,000 URLs of one slow host in a row is held back, not held in memory', () => {
  const log = simulate({
    jobs: (function* () {
      for (let id = 0; id < 70_000; id++) yield job(id, 'slow')
    })(),
    server: () => ({ ms: 100 }),
  })
  assert.ok(log.mostWaiting <= 20_000, `${log.mostWaiting} waited`)
  assert.equal(log.ended.length, 70_000)
})

test('hosts are forgotten with their last job, unless there is something to remember, of 10,000 at most', () => {
  const jobs = times(15_000, (id) => job(id, `host${id}`))
  assert.equal(known(simulate({ jobs, server: () => fine })), 0)
  assert.equal(known(simulate({ jobs, server: () => ({ ms: 1, code: 'HTTP_429' }), settings: { retries: 0 } })), 10_000)
})
