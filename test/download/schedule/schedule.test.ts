import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailureCode } from '../../../src/download/errors.js'
import type { HostEvent, Schedule, ScheduleSettings, Ticket } from '../../../src/download/schedule/schedule.js'
import { built } from './built.js'
import { defaults, job } from './simulation.js'

const module = await built<typeof import('../../../src/download/schedule/schedule.js')>('schedule')

function make(settings: Partial<ScheduleSettings> = {}): { schedule: Schedule; events: HostEvent[] } {
  const events: HostEvent[] = []
  return {
    schedule: new module.Schedule(
      { ...defaults, ...settings },
      () => 0.5,
      (event) => events.push(event),
    ),
    events,
  }
}

function take(schedule: Schedule, now: number): Ticket {
  const next = schedule.next(now)
  assert.ok('ticket' in next, JSON.stringify(next))
  return next.ticket
}

function takeAll(schedule: Schedule, now: number): Ticket[] {
  const tickets: Ticket[] = []
  for (let next = schedule.next(now); 'ticket' in next; next = schedule.next(now)) tickets.push(next.ticket)
  return tickets
}

const fail = (schedule: Schedule, ticket: Ticket, code: FailureCode, now: number): ReturnType<Schedule['finished']> =>
  schedule.finished(ticket, { code }, now)

const ids = (tickets: readonly Ticket[]): number[] => tickets.map(({ job: { id } }) => id)

test('an empty schedule has nothing to do and nothing to wait for', () => {
  const { schedule } = make()
  assert.deepEqual(schedule.next(0), { at: undefined })
  assert.deepEqual([schedule.waiting, schedule.inFlight], [0, 0])
})

test('a ticket says what to request, which attempt it is, and how long the job waited', () => {
  const { schedule } = make()
  const one = job(7, 'host')
  schedule.add(one, 100)
  const { job: same, attempt, url, waited } = take(schedule, 350)
  assert.deepEqual([same, attempt, url, waited], [one, 1, 'http://host/7', 250])
})

test('a ticket is plain enough to be logged', () => {
  const { schedule } = make()
  schedule.add(job(7, 'host'), 0)
  assert.deepEqual(JSON.parse(JSON.stringify(take(schedule, 0))), {
    job: job(7, 'host'),
    attempt: 1,
    url: 'http://host/7',
    waited: 0,
  })
})

test('the hosts take turns, and each of them goes through its jobs in order', () => {
  const { schedule } = make()
  for (const [id, host] of ['a', 'a', 'a', 'b', 'b', 'c'].entries()) schedule.add(job(id, host), 0)
  assert.deepEqual(ids(takeAll(schedule, 0)), [0, 3, 5, 1, 4, 2])
})

test('limits in flight hold per host and in total, and a job that ends makes room', () => {
  const { schedule } = make({ concurrency: 3, perHost: 2 })
  for (const [id, host] of ['a', 'a', 'a', 'b', 'b', 'c'].entries()) schedule.add(job(id, host), 0)
  const tickets = takeAll(schedule, 0)
  assert.deepEqual(ids(tickets), [0, 3, 5])
  assert.deepEqual([schedule.waiting, schedule.inFlight], [3, 3])
  assert.deepEqual(schedule.finished(tickets[1]!, {}, 1), { again: false })
  assert.deepEqual(ids(takeAll(schedule, 1)), [1])
  schedule.finished(tickets[2]!, {}, 2)
  assert.deepEqual(ids(takeAll(schedule, 2)), [4])
})

test('a lower concurrency lets nothing start until enough has ended; a higher one counts at once', () => {
  const { schedule } = make({ concurrency: 4 })
  for (let id = 0; id < 10; id++) schedule.add(job(id, 'a'), 0)
  const tickets = takeAll(schedule, 0)
  schedule.setConcurrency(2)
  for (const ticket of tickets.slice(0, 2)) schedule.finished(ticket, {}, 1)
  assert.deepEqual(schedule.next(1), { at: undefined })
  schedule.finished(tickets[2]!, {}, 1)
  assert.equal(takeAll(schedule, 1).length, 1)
  schedule.setConcurrency(5)
  assert.equal(takeAll(schedule, 1).length, 3)
})

test('a concurrency that is no positive integer is refused', () => {
  const { schedule } = make()
  for (const wrong of [0, -1, 1.5, Number.NaN, Infinity]) {
    assert.throws(() => schedule.setConcurrency(wrong), /Expected concurrency to be an integer from 1 and up/)
  }
})

test('a job that failed waits for its delay, holds no place meanwhile, and then goes before new ones', () => {
  const { schedule } = make({ concurrency: 1 })
  for (let id = 0; id < 4; id++) schedule.add(job(id, 'a'), 0)
  assert.deepEqual(fail(schedule, take(schedule, 0), 'RESET', 10), { again: true, delay: 1000 })
  const second = take(schedule, 10)
  assert.equal(second.job.id, 1)
  schedule.finished(second, {}, 1009)
  const third = take(schedule, 1009)
  assert.equal(third.job.id, 2)
  schedule.finished(third, {}, 1010)
  const retry = take(schedule, 1010)
  assert.deepEqual([retry.job.id, retry.attempt, retry.waited], [0, 2, 1010])
})

test('when only retries are left, it says when the first of them may start', () => {
  const { schedule } = make()
  schedule.add(job(0, 'a'), 0)
  fail(schedule, take(schedule, 0), 'HTTP_500', 5)
  assert.deepEqual(schedule.next(6), { at: 1005 })
  assert.equal(take(schedule, 1005).attempt, 2)
})

test('want of files repeats the attempt with the same number', () => {
  const { schedule } = make({ retries: 0 })
  schedule.add(job(0, 'a'), 0)
  assert.deepEqual(fail(schedule, take(schedule, 0), 'EMFILE', 0), { again: true, delay: 1000 })
  assert.equal(take(schedule, 1000).attempt, 1)
})

test('429 without Retry-After cools the whole host for the delay, and says so', () => {
  const { schedule, events } = make()
  for (const [id, host] of ['a', 'a', 'b', 'a', 'b'].entries()) schedule.add(job(id, host), 0)
  fail(schedule, take(schedule, 0), 'HTTP_429', 0)
  assert.deepEqual(events, [{ type: 'host', host: 'http://a', state: 'cooling', delay: 1000 }])
  assert.deepEqual(ids(takeAll(schedule, 999)), [2, 4])
  assert.deepEqual(schedule.next(999), { at: 1000 })
  assert.deepEqual(ids(takeAll(schedule, 1000)), [0, 1, 3])
})

test('Retry-After counts whatever the answer was', () => {
  const { schedule } = make()
  for (let id = 0; id < 2; id++) schedule.add(job(id, 'a'), 0)
  schedule.finished(take(schedule, 0), { code: 'HTTP_403', retryAfter: 7000 }, 0)
  assert.deepEqual(schedule.next(1), { at: 7000 })
})

test('a shorter Retry-After does not end a longer cooling', () => {
  const { schedule, events } = make()
  for (let id = 0; id < 3; id++) schedule.add(job(id, 'a'), 0)
  const [first, second] = [take(schedule, 0), take(schedule, 0)]
  schedule.finished(first, { code: 'HTTP_503', retryAfter: 60_000 }, 0)
  schedule.finished(second, { code: 'HTTP_503', retryAfter: 5000 }, 1)
  assert.deepEqual(schedule.next(1), { at: 60_000 })
  assert.equal(events.length, 1)
})

test('a cooling outlives the jobs of its host', () => {
  const { schedule } = make({ retries: 0 })
  schedule.add(job(0, 'a'), 0)
  schedule.finished(take(schedule, 0), { code: 'HTTP_429', retryAfter: 9000 }, 0)
  schedule.add(job(1, 'a'), 100)
  assert.deepEqual(schedule.next(100), { at: 9000 })
})

test('the pace of a host outlives its jobs too', () => {
  const { schedule } = make({ perHostRate: 1 })
  schedule.add(job(0, 'a'), 0)
  schedule.finished(take(schedule, 0), {}, 1)
  schedule.add(job(1, 'a'), 100)
  assert.deepEqual(schedule.next(100), { at: 1000 })
})

test('the total pace holds whatever the hosts', () => {
  const { schedule } = make({ rate: 2 })
  for (const [id, host] of ['a', 'b', 'c'].entries()) schedule.add(job(id, host), 0)
  take(schedule, 0)
  assert.deepEqual(schedule.next(0), { at: 500 })
  take(schedule, 500)
  assert.deepEqual(schedule.next(501), { at: 1000 })
})

test('it does not ask to be woken for a host that opens before the total pace allows anything', () => {
  const { schedule } = make({ rate: 1, perHostRate: 2 })
  for (let id = 0; id < 2; id++) schedule.add(job(id, 'a'), 0)
  take(schedule, 0)
  assert.deepEqual(schedule.next(0), { at: 1000 })
})

test('the n-th attempt goes to the n-th of URL and mirrors, and then from the beginning', () => {
  const { schedule } = make()
  schedule.add(job(0, 'a', { mirrors: ['http://b/0', 'http://c/0'] }), 0)
  const urls: string[] = []
  for (let now = 0; ; now += 100_000) {
    const ticket = take(schedule, now)
    urls.push(ticket.url)
    if (!fail(schedule, ticket, 'TRUNCATED', now).again) break
  }
  assert.deepEqual(urls, ['http://a/0', 'http://b/0', 'http://c/0', 'http://a/0', 'http://b/0', 'http://c/0'])
})

test('a 404 ends a job only when every mirror was tried', () => {
  const { schedule } = make({ retries: 1 })
  schedule.add(job(0, 'a', { mirrors: ['http://b/0', 'http://c/0'] }), 0)
  assert.deepEqual(fail(schedule, take(schedule, 0), 'HTTP_404', 0), { again: true, delay: 0 })
  const second = take(schedule, 0)
  assert.deepEqual([second.url, second.attempt], ['http://b/0', 2])
  assert.deepEqual(fail(schedule, second, 'HTTP_500', 0), { again: true, delay: 1000 })
  const third = take(schedule, 1000)
  assert.equal(third.url, 'http://c/0')
  assert.deepEqual(fail(schedule, third, 'HTTP_404', 1000), { again: false })
})

test('an address that gave a final answer has no other turn', () => {
  const { schedule } = make()
  schedule.add(job(0, 'a', { mirrors: ['http://b/0'] }), 0)
  fail(schedule, take(schedule, 0), 'HTTP_404', 0)
  for (let attempt = 2; attempt <= 6; attempt++) {
    const ticket = take(schedule, attempt * 100_000)
    assert.equal(ticket.url, 'http://b/0')
    assert.equal(fail(schedule, ticket, 'HTTP_500', attempt * 100_000).again, attempt < 6)
  }
})

test('after a 404 elsewhere, the mirror that failed for a while is asked again as long as there are retries', () => {
  const { schedule } = make({ retries: 2 })
  schedule.add(job(0, 'a', { mirrors: ['http://b/0'] }), 0)
  fail(schedule, take(schedule, 0), 'HTTP_500', 0)
  fail(schedule, take(schedule, 5000), 'HTTP_404', 5000)
  const third = take(schedule, 60_000)
  assert.deepEqual([third.url, third.attempt], ['http://a/0', 3])
  assert.deepEqual(fail(schedule, third, 'HTTP_500', 60_000), { again: false })
})

test('a wrong checksum goes to the next mirror at once', () => {
  const { schedule } = make()
  schedule.add(job(0, 'a', { mirrors: ['http://b/0'] }), 0)
  assert.deepEqual(fail(schedule, take(schedule, 0), 'CHECKSUM', 3), { again: true, delay: 0 })
  assert.equal(take(schedule, 3).url, 'http://b/0')
})

/** Takes a host down: its name has no address. */
function fell(schedule: Schedule, host: string): void {
  for (let id = 1000; id < 1003; id++) schedule.add(job(id, host), 0)
  for (const ticket of takeAll(schedule, 0)) fail(schedule, ticket, 'DNS_NOT_FOUND', 0)
}

test('a job whose host is down goes to its mirror without a request to the dead one', () => {
  const { schedule, events } = make()
  fell(schedule, 'dead')
  assert.deepEqual(events, [{ type: 'host', host: 'http://dead', state: 'down', delay: 30_000 }])
  schedule.add(job(0, 'dead', { mirrors: ['http://alive/0'] }), 1)
  const ticket = take(schedule, 1)
  assert.deepEqual([ticket.url, ticket.attempt], ['http://alive/0', 1])
  // Its failure there does not bring it back to the dead one.
  assert.equal(fail(schedule, ticket, 'HTTP_500', 2).again, true)
  assert.equal(take(schedule, 5000).url, 'http://alive/0')
})

test('of a host that is down nothing more is told until it is up', () => {
  const { schedule, events } = make()
  schedule.add(job(0, 'dead'), 0)
  const ticket = take(schedule, 0)
  fell(schedule, 'dead')
  fail(schedule, ticket, 'HTTP_429', 10)
  assert.deepEqual(
    events.map(({ state }) => state),
    ['down'],
  )
})

test('a job all of whose hosts are down is refused', () => {
  const { schedule } = make()
  fell(schedule, 'dead')
  fell(schedule, 'gone')
  const one = job(0, 'dead', { mirrors: ['http://gone/0'] })
  schedule.add(one, 1)
  const next = schedule.next(1)
  assert.ok('refused' in next)
  assert.deepEqual([next.refused, next.attempts, next.code], [one, 0, 'HOST_DOWN'])
  assert.equal(schedule.waiting, 0)
})

test('when all its hosts are down, a failed job ends at once, as what it is', () => {
  const { schedule } = make()
  schedule.add(job(0, 'dead'), 0)
  const ticket = take(schedule, 0)
  fell(schedule, 'dead')
  assert.deepEqual(fail(schedule, ticket, 'TIMEOUT_HEADERS', 1), { again: false })
})

test('a job that never got as far as a request, for want of files, is refused like one that was not tried', () => {
  const { schedule } = make()
  schedule.add(job(0, 'dead'), 0)
  fail(schedule, take(schedule, 0), 'EMFILE', 0)
  fell(schedule, 'dead')
  const next = schedule.next(0)
  assert.ok('refused' in next)
  assert.deepEqual([next.attempts, next.code], [0, 'HOST_DOWN'])
})

test('a job that comes when the time of the probe has come is the probe', () => {
  const { schedule, events } = make()
  fell(schedule, 'dead')
  schedule.add(job(0, 'dead'), 29_999)
  schedule.add(job(1, 'dead'), 29_999)
  const probe = take(schedule, 30_000)
  assert.equal(probe.job.id, 0)
  assert.deepEqual(schedule.next(30_000), { at: undefined })
  fail(schedule, probe, 'HTTP_404', 30_100)
  assert.deepEqual(events.at(-1), { type: 'host', host: 'http://dead', state: 'up' })
  assert.equal(take(schedule, 30_100).job.id, 1)
})

test('refusals need no free place', () => {
  const { schedule } = make({ concurrency: 3 })
  fell(schedule, 'dead')
  for (let id = 0; id < 3; id++) schedule.add(job(id, 'alive'), 0)
  assert.equal(takeAll(schedule, 0).length, 3)
  schedule.add(job(4, 'dead'), 0)
  assert.ok('refused' in schedule.next(0))
})

test('a ticket is taken back once', () => {
  const { schedule } = make()
  schedule.add(job(0, 'a'), 0)
  const ticket = take(schedule, 0)
  schedule.finished(ticket, {}, 0)
  assert.throws(() => schedule.finished(ticket, {}, 0), /The ticket of job 0 is not in flight/)
  assert.throws(() => schedule.finished({ ...ticket, job: job(5, 'a') }, {}, 0), /The ticket of job 5 is not in flight/)
  assert.equal(schedule.inFlight, 0)
})

test('drained, it gives back what waits, retries too; what is in flight is finished and not started again', () => {
  const { schedule } = make({ concurrency: 2 })
  for (let id = 0; id < 5; id++) schedule.add(job(id, id < 3 ? 'a' : 'b'), 0)
  const [first, second] = takeAll(schedule, 0)
  fail(schedule, first!, 'HTTP_503', 0)
  const third = take(schedule, 0)
  const given = schedule.drain()
  assert.deepEqual(
    given.map(({ id }) => id).sort((a, b) => a - b),
    [0, 1, 2, 3, 4].filter((id) => !ids([second!, third]).includes(id)),
  )
  assert.deepEqual([schedule.waiting, schedule.inFlight], [0, 2])
  assert.equal(fail(schedule, second!, 'RESET', 1).again, true)
  assert.deepEqual(schedule.finished(third, {}, 1), { again: false })
  assert.deepEqual(schedule.next(1e9), { at: undefined })
  assert.deepEqual([schedule.waiting, schedule.inFlight], [0, 0])
  assert.throws(() => schedule.add(job(9, 'a'), 2), /was drained/)
})

test('there is room for 10,000 that wait, and for more only while places are free that none of them can take', () => {
  const { schedule } = make({ perHost: 2, concurrency: 3 })
  assert.equal(schedule.room(0), 10_000)
  for (let id = 0; id < 10_000; id++) schedule.add(job(id, 'a'), 0)
  assert.equal(schedule.room(0), 0)
  takeAll(schedule, 0)
  assert.equal(schedule.room(0), 2)
  for (let id = 10_000; id < 10_002; id++) schedule.add(job(id, 'a'), 0)
  assert.equal(schedule.room(0), 1000)
  for (let id = 10_002; id < 11_002; id++) schedule.add(job(id, 'b'), 0)
  assert.equal(schedule.room(0), 0)
  takeAll(schedule, 0)
  assert.equal(schedule.room(0), 0)
})

test('the window ends at 20,000', () => {
  const { schedule } = make({ perHost: 1 })
  let id = 0
  while (schedule.room(0) > 0) {
    for (let room = schedule.room(0); room > 0; room--) schedule.add(job(id++, 'a'), 0)
    takeAll(schedule, 0)
  }
  assert.deepEqual([schedule.waiting, schedule.inFlight], [20_000, 1])
})

test('the snapshot shows every host, what waits for it, what is in flight, and how it is', () => {
  const { schedule } = make({ perHost: 1, retries: 0 })
  for (const [id, host] of ['a', 'a', 'a', 'b', 'c'].entries()) schedule.add(job(id, host), 0)
  const [, b] = takeAll(schedule, 0)
  schedule.finished(b!, { code: 'HTTP_429', retryAfter: 5000 }, 0)
  for (let id = 10; id < 13; id++) schedule.add(job(id, 'd'), 0)
  for (let i = 0; i < 3; i++) fail(schedule, take(schedule, 0), 'DNS_NOT_FOUND', 0)
  assert.deepEqual(
    [...schedule.hosts(1)],
    [
      { host: 'http://a', waiting: 2, inFlight: 1, state: 'open' },
      { host: 'http://b', waiting: 0, inFlight: 0, state: 'cooling', until: 5000 },
      { host: 'http://c', waiting: 0, inFlight: 1, state: 'open' },
      { host: 'http://d', waiting: 0, inFlight: 0, state: 'down', until: 30_000 },
    ],
  )
})

test('userinfo makes no host of its own and is not in what is shown', () => {
  const { schedule } = make({ perHost: 1 })
  schedule.add(job(0, 'host'), 0)
  schedule.add(job(1, 'user:secret@host'), 0)
  assert.equal(takeAll(schedule, 0).length, 1)
  assert.deepEqual(
    [...schedule.hosts(0)].map(({ host }) => host),
    ['http://host'],
  )
})
