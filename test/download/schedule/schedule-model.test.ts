/** Whatever the jobs, the servers and the limits: what a schedule promises holds at every step. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { FailureCode } from '../../../src/download/errors.js'
import type { ScheduleSettings } from '../../../src/download/schedule/schedule.js'
import { defaults, hostOf, job, simulate } from './simulation.js'
import type { Answer, Log, Request } from './simulation.js'
import { runs } from '../../support/thorough.js'

const codes: readonly (FailureCode | undefined)[] = [
  undefined,
  undefined,
  'HTTP_404',
  'HTTP_429',
  'HTTP_500',
  'HTTP_503',
  'CONNECT_REFUSED',
  'RESET',
  'TIMEOUT_CONNECT',
  'DNS_NOT_FOUND',
  'CHECKSUM',
  'EMFILE',
  'WORKER_DIED',
  'DISK_FULL',
]

const answers: fc.Arbitrary<Answer> = fc.record(
  {
    ms: fc.integer({ min: 0, max: 3000 }),
    code: fc.constantFrom(...codes),
    retryAfter: fc.constantFrom(0, 1, 777, 5000, 10_000_000, -5, Number.NaN),
    redirected: fc.boolean(),
  },
  { requiredKeys: ['ms'] },
) as fc.Arbitrary<Answer>

interface Line {
  readonly host: number
  readonly gap: number
  readonly mirrors: readonly number[]
  readonly answers: readonly Answer[]
}

const lines = fc.array(
  fc.record<Line>({
    host: fc.integer({ min: 0, max: 4 }),
    gap: fc.constantFrom(0, 0, 0, 13, 1000, 40_000),
    mirrors: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    answers: fc.array(answers, { minLength: 1, maxLength: 4 }),
  }),
  { maxLength: 60, size: 'max' },
)

const anySettings: fc.Arbitrary<ScheduleSettings> = fc.record({
  concurrency: fc.integer({ min: 1, max: 8 }),
  perHost: fc.integer({ min: 1, max: 5 }),
  rate: fc.constantFrom(0, 0, 0.5, 7, 300, 2000),
  perHostRate: fc.constantFrom(0, 0, 0.3, 5, 50),
  retries: fc.integer({ min: 0, max: 5 }),
  maxRetryAfter: fc.constantFrom(2000, 600_000),
  hostFailures: fc.constantFrom(0, 1, 4, 20),
})

/** ms */
function arrivalsOf(list: readonly Line[]): number[] {
  let time = 0
  return list.map(({ gap }) => (time += gap))
}

const run = (
  list: readonly Line[],
  settings: ScheduleSettings,
  seed: number,
  more: Partial<Parameters<typeof simulate>[0]> = {},
): Log => {
  const arrivals = arrivalsOf(list)
  return simulate({
    jobs: list.map(({ host, mirrors }, id) =>
      job(
        id,
        `host${host}`,
        mirrors.length === 0 ? {} : { mirrors: mirrors.map((mirror) => `http://host${mirror}/mirror/${id}`) },
      ),
    ),
    arrival: ({ id }) => arrivals[id]!,
    server: ({ id, before }) => list[id]!.answers[before % list[id]!.answers.length]!,
    settings,
    seed,
    ...more,
  })
}

const everywhere = (holds: (list: Line[], settings: ScheduleSettings, seed: number) => void): void => {
  fc.assert(fc.property(lines, anySettings, fc.integer(), holds), runs(100))
}

const startsOf = (requests: readonly Request[]): number[] => requests.map(({ start }) => start)
const interval = (rate: number): number => (rate === 0 ? 0 : 1000 / rate)

/** No window of any length holds more starts than 1 + (length + 0.1 s) × rate. */
function assertPaced(starts: readonly number[], rate: number): void {
  const distance = interval(rate)
  const tolerance = Math.max(0, 100 - distance)
  let latest = -Infinity
  starts.forEach((start, i) => {
    assert.ok(start - i * distance >= latest - tolerance - 1e-6, `start ${i} at ${start} is too early for ${rate} a second`)
    latest = Math.max(latest, start - i * distance)
  })
}

test('every job that was added ends exactly once, and then nothing is left', () => {
  everywhere((list, settings, seed) => {
    const { ended, schedule, time } = run(list, settings, seed)
    assert.deepEqual(
      ended.map(({ id }) => id).sort((a, b) => a - b),
      list.map((_, id) => id),
    )
    assert.equal(schedule.waiting + schedule.inFlight, 0)
    for (const host of schedule.hosts(time)) assert.equal(host.waiting + host.inFlight, 0)
  })
})

test('never more in flight than allowed, in total and per host', () => {
  everywhere((list, settings, seed) => {
    const flying = new Map<string, number>()
    let total = 0
    run(list, settings, seed, {
      onStart({ host }, schedule) {
        total++
        flying.set(host, (flying.get(host) ?? 0) + 1)
        assert.ok(total <= settings.concurrency)
        assert.ok(flying.get(host)! <= settings.perHost)
        assert.equal(schedule.inFlight, total)
      },
      onEnd({ host }) {
        total--
        flying.set(host, flying.get(host)! - 1)
      },
    })
    assert.equal(total, 0)
  })
})

test('no window of time holds more requests than the rates allow, in total and per host', () => {
  everywhere((list, settings, seed) => {
    const { requests } = run(list, settings, seed)
    if (settings.rate > 0) assertPaced(startsOf(requests), settings.rate)
    if (settings.perHostRate === 0) return
    for (const host of new Set(requests.map((request) => request.host))) {
      assertPaced(startsOf(requests.filter((request) => request.host === host)), settings.perHostRate)
    }
  })
})

test('a job is tried at most as often as it may, each time at one of its addresses, and never before its delay is over', () => {
  everywhere((list, settings, seed) => {
    const ready = new Map<number, number>()
    const { ended } = run(list, settings, seed, {
      onStart({ id, url, start, attempt }) {
        const { mirrors } = list[id]!
        assert.ok(
          [`http://host${list[id]!.host}/${id}`, ...mirrors.map((mirror) => `http://host${mirror}/mirror/${id}`)].includes(url),
        )
        assert.ok(start >= (ready.get(id) ?? 0))
        assert.ok(attempt <= Math.max(settings.retries + 1, mirrors.length + 1))
      },
      onEnd({ id }, { delay = 0 }, now) {
        ready.set(id, now + delay)
      },
    })
    for (const { refused, attempts, code } of ended) if (refused) assert.equal(code === 'HOST_DOWN', attempts === 0)
  })
})

test('new jobs of one host begin in the order in which they were added', () => {
  everywhere((list, settings, seed) => {
    const { requests } = run(
      list.map((line) => ({ ...line, mirrors: [] })),
      settings,
      seed,
    )
    const last = new Map<string, number>()
    const begun = new Set<number>()
    for (const { id, host } of requests) {
      if (begun.has(id)) continue
      begun.add(id)
      assert.ok(id > (last.get(host) ?? -1))
      last.set(host, id)
    }
  })
})

test('no host is asked while it cools', () => {
  everywhere((list, settings, seed) => {
    const { requests, events } = run(list, settings, seed)
    for (const { type: _, host, state, at, delay = 0 } of events) {
      if (state !== 'cooling') continue
      const early = requests.find((request) => request.host === host && request.start > at && request.start < at + delay)
      assert.equal(early, undefined)
    }
  })
})

test('a host that is down is not asked before the time of its probe, unless it gave a sign of life', () => {
  everywhere((list, settings, seed) => {
    const { requests, events } = run(list, settings, seed)
    events.forEach(({ host, state, at, delay = 0 }, i) => {
      if (state !== 'down') return
      const next = events.slice(i + 1).find((event) => event.host === host && event.state !== 'cooling')
      const until = Math.min(at + delay, next?.at ?? Infinity)
      assert.equal(
        requests.find((request) => request.host === host && request.start > at && request.start < until),
        undefined,
      )
    })
  })
})

test('while nothing is started and places are free, every job that waits has a reason of its own host', () => {
  everywhere((list, generated, seed) => {
    // Without breaker and mirrors, all reasons can be seen from outside.
    const settings = { ...generated, hostFailures: 0 }
    const arrivals = arrivalsOf(list)
    const flying = new Map<string, number>()
    const lastStart = new Map<string, number>()
    const cooling = new Map<string, number>()
    const ready = new Map<number, number>()
    const running = new Set<number>()
    const over = new Set<number>()
    let total = 0
    let lastOfAll = -Infinity
    const log = run(
      list.map((line) => ({ ...line, mirrors: [] })),
      settings,
      seed,
      {
        onStart({ id, host, start }) {
          total++
          running.add(id)
          flying.set(host, (flying.get(host) ?? 0) + 1)
          lastStart.set(host, start)
          lastOfAll = start
        },
        onEnd({ id, host }, { again, delay = 0 }, now) {
          total--
          running.delete(id)
          flying.set(host, flying.get(host)! - 1)
          if (!again) over.add(id)
          ready.set(id, now + delay)
        },
        onHost({ host, delay = 0 }, now) {
          cooling.set(host, now + delay)
        },
        onPause({ now, at }) {
          if (total >= settings.concurrency || now < lastOfAll + interval(settings.rate)) return
          list.forEach(({ host: number }, id) => {
            if (arrivals[id]! > now || over.has(id) || running.has(id)) return
            const host = `http://host${number}`
            const full = (flying.get(host) ?? 0) >= settings.perHost
            const paced = now < (lastStart.get(host) ?? -Infinity) + interval(settings.perHostRate)
            const waits = now < (ready.get(id) ?? 0)
            const cools = now < (cooling.get(host) ?? 0)
            assert.ok(full || paced || waits || cools, `job ${id} waits at ${now}, told ${at}, without a reason`)
          })
        },
      },
    )
    assert.equal(log.ended.length, list.length)
  })
})

test('hosts take turns: with one place, no host has a second turn before each of the others had one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 6 }),
      (hosts, each, concurrency) => {
        const { requests } = simulate({
          jobs: Array.from({ length: hosts * each }, (_, id) => job(id, `host${Math.floor(id / each)}`)),
          server: () => ({ ms: 10 }),
          settings: { ...defaults, concurrency, perHost: concurrency },
        })
        for (let i = 0; i + hosts <= requests.length; i++) {
          assert.equal(new Set(requests.slice(i, i + hosts).map(({ url }) => hostOf(url))).size, hosts)
        }
      },
    ),
  )
})
