import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { FailureCode } from '../../../src/download/errors.js'
import type { FailedAttempt } from '../../../src/download/schedule/retry-plan.js'
import { built } from './built.js'

const { planRetry } = await built<typeof import('../../../src/download/schedule/retry-plan.js')>('retry-plan')
const { FAILURES, failureKind } = await built<typeof import('../../../src/download/errors.js')>('../errors')

const settings = { retries: 5, maxRetryAfter: 600_000 }
const first: FailedAttempt = {
  code: 'RESET',
  attempt: 1,
  backoff: 0,
  retryAfter: undefined,
  addresses: 1,
  untried: 0,
  exhaustions: 0,
}
const plan = (failed: Partial<FailedAttempt>, random = 0.5, more = settings): ReturnType<typeof planRetry> =>
  planRetry({ ...first, ...failed }, () => random, more)

const allCodes = [
  ...Object.keys(FAILURES),
  'HTTP_400',
  'HTTP_404',
  'HTTP_410',
  'HTTP_429',
  'HTTP_500',
  'HTTP_503',
] as FailureCode[]

test('of all failures with one address, only transient ones and those for want of files are tried again', () => {
  for (const code of allCodes) {
    assert.equal(plan({ code }).again, ['transient', 'exhausted'].includes(failureKind(code)), code)
  }
})

test('there are as many tries as were asked for after the first', () => {
  assert.equal(plan({ attempt: 5 }).again, true)
  assert.equal(plan({ attempt: 6 }).again, false)
  assert.equal(plan({ attempt: 1 }, 0.5, { ...settings, retries: 0 }).again, false)
})

test('the delay is decorrelated jitter: between half a second and three times the one before, at most a minute', () => {
  assert.equal(plan({}, 0).delay, 500)
  assert.equal(plan({}, 0.5).delay, 1000)
  assert.equal(plan({ backoff: 1000 }, 0.5).delay, 1750)
  assert.equal(plan({ backoff: 50_000 }, 0.9999).delay, 60_000)
  const walk = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(walk, (numbers) => {
      let backoff = 0
      for (const random of numbers) {
        const next = plan({ backoff }, random).backoff
        assert.ok(next >= 500 && next <= Math.min(60_000, 3 * Math.max(500, backoff)))
        backoff = next
      }
    }),
  )
})

test('a host that cannot be connected to is waited for at most four seconds at a time', () => {
  for (const code of ['CONNECT_REFUSED', 'CONNECT_FAILED', 'DNS_FAILED', 'TIMEOUT_CONNECT'] as const) {
    assert.equal(plan({ code, backoff: 4000 }, 0.99).delay, 4000)
  }
})

test('a Retry-After longer than the backoff is what is waited, up to the limit; the next backoff does not grow from it', () => {
  const code = 'HTTP_503'
  assert.deepEqual([plan({ code, retryAfter: 90_000 }).delay, plan({ code, retryAfter: 90_000 }).backoff], [90_000, 1000])
  assert.equal(plan({ code, retryAfter: 400 }).delay, 1000)
  assert.equal(plan({ code, retryAfter: 1e12 }).delay, 600_000)
  assert.equal(plan({ code, retryAfter: Infinity }).delay, 600_000)
  for (const nonsense of [-1, 0, Number.NaN]) assert.equal(plan({ code, retryAfter: nonsense }).delay, 1000)
})

test('want of files is no attempt, waits without growing, and comes to an end', () => {
  const emfile = plan({ code: 'EMFILE', attempt: 6, backoff: 2000, exhaustions: 1 }, 0)
  assert.deepEqual([emfile.again, emfile.counted, emfile.backoff, emfile.address, emfile.delay], [true, false, 2000, 'same', 500])
  assert.equal(plan({ code: 'EMFILE', exhaustions: 60 }).again, false)
})

test('wrong bytes and final answers go to an untried mirror at once, other failures after the delay', () => {
  const mirrors = { addresses: 3, untried: 2 }
  for (const code of ['CHECKSUM', 'SIZE'] as const) {
    assert.deepEqual([plan({ ...mirrors, code }).delay, plan({ ...mirrors, code }).address], [0, 'turn'])
  }
  for (const code of ['HTTP_404', 'HTTP_403', 'TLS_FAILED', 'DNS_NOT_FOUND'] as const) {
    assert.deepEqual([plan({ ...mirrors, code }).delay, plan({ ...mirrors, code }).address], [0, 'drop'])
  }
  assert.deepEqual([plan({ ...mirrors, code: 'HTTP_503' }).delay, plan({ ...mirrors, code: 'HTTP_503' }).address], [1000, 'turn'])
})

test('what one host asks for does not hold up the next address, but the host is left alone for as long', () => {
  const { delay, rest } = plan({ code: 'HTTP_429', retryAfter: 60_000, addresses: 2, untried: 1 })
  assert.deepEqual([delay, rest], [1000, 60_000])
})

test('every mirror has its turn, also without retries', () => {
  const none = { ...settings, retries: 0 }
  assert.equal(plan({ addresses: 2, untried: 1 }, 0.5, none).again, true)
  assert.equal(plan({ addresses: 2, untried: 0, attempt: 2 }, 0.5, none).again, false)
  assert.equal(plan({ code: 'HTTP_404', addresses: 2, untried: 1 }, 0.5, none).again, true)
  assert.equal(plan({ code: 'HTTP_404', addresses: 1 }, 0.5, settings).again, false)
})

test('failures of the output, of the line, and an end of the run are nobody else’s business: not again, no mirror', () => {
  for (const code of ['DISK_FULL', 'OUTPUT_DENIED', 'STOPPED', 'INVALID_URL'] as const) {
    assert.equal(plan({ code, addresses: 3, untried: 2 }).again, false)
  }
})
