/** How many at once, and how fast, where it is found out: whole runs against servers that take only so much. The clock is simulated. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { someOf } from '../../support/thorough.js'
import { AUTO, type AutoRun, fixedAt, type Place, run, speed } from './auto-runs.js'
import { always, bucket, changing, link, noisy, processor, queueing, refusing } from './servers.js'
import { autoPicture } from './auto-picture.js'

const SECOND = 1000
const busy = { ms: 20, code: 'HTTP_503' } as const

interface Row {
  readonly name: string
  readonly place: () => Place
  /** Fixed numbers that may be the best. */
  readonly fixed: readonly number[]
  readonly files: number
  /** Files after which it has settled. */
  readonly settled: number
}

const rows: readonly Row[] = [
  {
    name: 'as fast as this processor is',
    place: () => processor(queueing(16, always(0.3)), 0.1),
    fixed: [8, 32],
    files: 5000,
    settled: 0,
  },
  {
    name: 'fast, whose two processors are the limit',
    place: () => ({ server: queueing(2, always(0.2), 0.2) }),
    fixed: [4, 16],
    files: 12_000,
    settled: 5000,
  },
  {
    name: 'whose two processors take longer for some',
    place: () => ({ server: queueing(2, noisy(0.2), 0.2) }),
    fixed: [4, 16],
    files: 12_000,
    settled: 5000,
  },
  {
    name: '200 ms away that takes 256 at once',
    place: () => ({ server: refusing(256, always(200), busy) }),
    fixed: [128, 256],
    files: 8000,
    settled: 1500,
  },
  {
    name: '200 ms away that serves 100 at once and lets the others wait',
    place: () => ({ server: queueing(100, always(200)) }),
    fixed: [100],
    files: 10_000,
    settled: 3500,
  },
  {
    name: '200 ms away or much longer that serves 40 at once',
    place: () => ({ server: queueing(40, noisy(200)) }),
    fixed: [32, 64],
    files: 8000,
    settled: 1500,
  },
  {
    name: '200 ms away that refuses all but 100',
    place: () => ({ server: refusing(100, always(200), busy) }),
    fixed: [100],
    files: 12_000,
    settled: 4000,
  },
  {
    name: '200 ms away that resets all connections but 100',
    place: () => ({ server: refusing(100, always(200), { ms: 20, code: 'RESET' }) }),
    fixed: [100],
    files: 12_000,
    settled: 4000,
  },
  {
    name: 'behind a link that is full',
    place: () => ({ server: link(1000, 50, (random) => 2000 + 40_000 * random() * random()) }),
    fixed: [8, 16, 64],
    files: 2500,
    settled: 500,
  },
  {
    name: 'that gets worse in the middle',
    place: () => ({ server: changing(queueing(100, always(50)), 3 * SECOND, queueing(20, always(50))) }),
    fixed: [32],
    files: 16_000,
    settled: 12_000,
  },
  {
    name: 'that gets better in the middle',
    place: () => ({ server: changing(queueing(20, always(200)), 5 * SECOND, queueing(200, always(200))) }),
    fixed: [200],
    files: 20_000,
    settled: 12_000,
  },
]

/** Of the requests from one file on, how many were made with a number in flight that is far from the usual one; and what that is. */
function unsteady({ crowd, ended }: AutoRun, settled: number): { usual: number; share: number; most: number } {
  const from = ended[settled]!.at
  const to = ended[ended.length - 600]!.at
  const seen = crowd.filter(({ at }) => at >= from && at <= to).map(({ inFlight }) => inFlight)
  const usual = seen.toSorted((a, b) => a - b)[seen.length >> 1]!
  const far = seen.filter((inFlight) => inFlight > usual * 1.3 + 1 || inFlight < usual * 0.7 - 1).length
  return { usual, share: far / seen.length, most: Math.max(...seen) }
}

for (const { name, place, fixed, files, settled } of someOf(4, rows)) {
  test(`a server ${name} is used nine tenths as well as with the best fixed number, and steadily`, () => {
    const auto = run(place(), AUTO, files)
    const end = files - 300
    const best = Math.max(...fixed.map((jobs) => speed(run(place(), fixedAt(jobs), files), settled, end)))
    const ratio = speed(auto, settled, end) / best
    assert.ok(ratio >= 0.9, `${ratio.toFixed(2)} × the best fixed one`)
    assert.ok(auto.ended.every(({ code }) => code === undefined))
    assert.ok(auto.refusals.length < files * 0.02, `${auto.refusals.length} refusals`)
    const { usual, share, most } = unsteady(auto, settled + 500)
    assert.ok(share <= 0.2, `${share.toFixed(2)} of the requests far from ${usual} at once`)
    assert.ok(most <= usual * 2 + 2, `${most} at once, usually ${usual}`)
  })
}

test('a fast server gets no more connections than at the start when no more would help', () => {
  for (const place of [
    processor(queueing(16, always(0.3)), 0.1),
    { server: queueing(2, always(0.2), 0.2) },
    { server: queueing(2, noisy(0.2), 0.2) },
  ]) {
    const { crowd } = run(place, AUTO, 12_000)
    assert.ok(Math.max(...crowd.map(({ inFlight }) => inFlight)) <= 16)
    assert.ok(crowd.filter(({ inFlight }) => inFlight > 8).length < crowd.length / 4)
  }
})

test('a distant server has 256 at once within two seconds', () => {
  const { crowd } = run({ server: queueing(500, always(200)) }, AUTO, 3000)
  assert.ok(crowd.find(({ inFlight }) => inFlight === 256)!.at <= 2 * SECOND)
  assert.equal(Math.max(...crowd.map(({ inFlight }) => inFlight)), 256)
})

for (const [what, rate, burst, ms, refusal, files] of [
  ['20 requests a second with a burst of 20', 20, 20, 10, {}, 1000],
  ['20 requests a second and says Retry-After', 20, 20, 10, { retryAfter: SECOND }, 1000],
  ['20 requests a second without any burst', 20, 1, 10, { retryAfter: SECOND }, 1000],
  ['20 requests a second with a burst of 100', 20, 100, 30, { retryAfter: SECOND }, 1000],
  ['20 requests a second from 100 ms away', 20, 20, 100, { retryAfter: SECOND }, 1000],
  ['200 requests a second', 200, 200, 30, { retryAfter: SECOND }, 6000],
] as const) {
  test(`a server that takes ${what} says 429 less than once in fifty answers, and is asked as much as it takes`, () => {
    const { ended, requests, refusals, time } = run({ server: bucket(rate, burst, ms, refusal) }, AUTO, files)
    assert.ok(ended.every(({ code }) => code === undefined))
    assert.ok(refusals.length < requests.length * 0.02, `${refusals.length} of ${requests.length}`)
    assert.ok((files * SECOND) / time >= rate * 0.8, `${(files * SECOND) / time} a second`)
  })
}

const tooMany = (): Place => ({ server: refusing(100, always(200), { ms: 20, code: 'HTTP_429' }) })

test('a limit of places that is told with 429 is kept too', () => {
  const auto = run(tooMany(), AUTO, 12_000)
  assert.ok(speed(auto, 2000, 11_000) >= 0.9 * speed(run(tooMany(), fixedAt(64), 12_000), 2000, 11_000))
  assert.ok(auto.refusals.length < 120)
})

test('after Retry-After nothing is sent until then, and then no faster than before', () => {
  const { requests } = run({ server: bucket(50, 50, 20, { retryAfter: 7 * SECOND }) }, AUTO, 800)
  const gaps = requests.map(({ start }, i) => start - (requests[i - 1]?.start ?? 0)).filter((gap) => gap > SECOND)
  assert.ok(gaps.length > 0 && gaps.every((gap) => gap >= 6.5 * SECOND), gaps.join())
})

test('two hosts behind one bottleneck share it', () => {
  const server = queueing(60, always(200))
  const log = run({ server }, AUTO, 10_000, (id) => `host${id % 2}`)
  assert.ok(speed(log, 2000, 9500) >= 0.9 * 300)
  const [first = 0, second = 0] = [0, 1].map(
    (host) => log.ended.filter(({ id, at }) => id % 2 === host && at < log.time / 2).length,
  )
  assert.ok(Math.min(first, second) >= Math.max(first, second) / 3, `${first} and ${second}`)
})

test('many distant hosts have several hundred requests in flight, though none of them has more than a few', () => {
  const log = run({ server: queueing(5000, noisy(200)) }, AUTO, 15_000, (id) => `host${(id * 7919) % 4001}`)
  assert.ok(log.crowd.find(({ inFlight }) => inFlight >= 512)!.at <= 3 * SECOND)
})

test('with this processor busy, more hosts do not mean more at once', () => {
  const place = processor(queueing(5000, always(5)), 1)
  const log = run(place, AUTO, 5000, (id) => `host${(id * 7919) % 4001}`)
  assert.ok(Math.max(...log.crowd.map(({ inFlight }) => inFlight)) <= 64)
})

test('a dead host costs no more than with fixed numbers, and a fast one beside it nothing', () => {
  const { ended, requests, time } = run(
    { server: ({ host }) => (host === 'http://dead' ? { ms: 1, code: 'CONNECT_REFUSED' } : { ms: 50 }) },
    { ...AUTO, retries: 5 },
    4000,
    (id) => (id % 2 === 0 ? 'fast' : 'dead'),
  )
  assert.ok(requests.filter(({ host }) => host === 'http://dead').length <= 50)
  assert.equal(ended.filter(({ code }) => code === undefined).length, 2000)
  assert.ok(time <= 16 * SECOND)
})

test('a host that resets a third of its connections, however many there are, is not asked ever more timidly', () => {
  const good = noisy(100)
  const place = (): Place => {
    const server = queueing(64, good)
    const luck = noisy(1).ms
    let turn = 0
    const random = (): number => (turn = (turn + 0.618_034) % 1)
    return { server: (request) => (luck(random) > 0 && random() < 0.3 ? { ms: 5, code: 'RESET' } : server(request)) }
  }
  const best = Math.max(...[16, 32].map((jobs) => speed(run(place(), fixedAt(jobs), 4000), 500, 3500)))
  assert.ok(speed(run(place(), AUTO, 4000), 500, 3500) >= best / 2)
})

test('a fixed number is kept, whatever the other may be', () => {
  for (const [settings, most] of [
    [{ concurrency: 100, autoConcurrency: false }, 100],
    [{ perHost: 30, autoPerHost: false }, 30],
    [{ concurrency: 5, autoConcurrency: false, perHost: 5 }, 5],
  ] as const) {
    const { crowd } = run({ server: queueing(500, always(200)) }, { ...AUTO, ...settings }, 2000)
    assert.equal(Math.max(...crowd.map(({ inFlight }) => inFlight)), most)
  }
})

test('when files run out the most is lowered for good', () => {
  const { crowd } = run({ server: queueing(500, always(200)) }, { ...AUTO, concurrency: 40 }, 3000)
  assert.equal(Math.max(...crowd.map(({ inFlight }) => inFlight)), 40)
})

test('the picture of it in docs/politeness.md shows it as it is', () => {
  const drawn = readFileSync('docs/auto.svg', 'utf8')
  assert.ok(drawn === autoPicture(), 'docs/auto.svg is of other code. Run: node scripts/auto-picture.js')
})
