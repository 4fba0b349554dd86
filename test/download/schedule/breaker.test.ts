import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailureCode } from '../../../src/download/errors.js'
import type { Breaker } from '../../../src/download/schedule/breaker.js'
import { built } from './built.js'

const module = await built<typeof import('../../../src/download/schedule/breaker.js')>('breaker')
const { FAILURES, failureKind } = await built<typeof import('../../../src/download/errors.js')>('../errors')
const { evidenceOf } = module

const make = (hostFailures = 20, retries = 5): Breaker => new module.Breaker({ hostFailures, retries })
const alone = { alone: true, probe: false }
const among = { alone: false, probe: false }

function silences(breaker: Breaker, count: number, now: number, how = alone): boolean[] {
  return Array.from({ length: count }, () => breaker.hear('silence', 'RESET', now, how))
}

/** Down at 10 s. */
function fallen(): Breaker {
  const breaker = make()
  silences(breaker, 19, 0)
  assert.equal(breaker.hear('silence', 'CONNECT_REFUSED', 10_000, alone), true)
  return breaker
}

test('what an attempt says about its host: silence, busy, nowhere, nothing, or that it is alive', () => {
  const said = (...codes: FailureCode[]): Set<string> => new Set(codes.map((code) => evidenceOf(code)))
  assert.equal(evidenceOf(undefined), 'alive')
  assert.deepEqual(
    said('CONNECT_REFUSED', 'CONNECT_FAILED', 'DNS_FAILED', 'TIMEOUT_CONNECT', 'TIMEOUT_HEADERS', 'RESET'),
    new Set(['silence']),
  )
  assert.deepEqual(said('HTTP_429', 'HTTP_503', 'HTTP_521'), new Set(['busy']))
  assert.deepEqual(said('DNS_NOT_FOUND'), new Set(['nowhere']))
  assert.deepEqual(
    said('HTTP_404', 'HTTP_500', 'HTTP_403', 'TRUNCATED', 'TIMEOUT_STALL', 'CHECKSUM', 'TLS_FAILED'),
    new Set(['alive']),
  )
})

test('what is not the doing of the host says nothing about it', () => {
  for (const code of Object.keys(FAILURES) as (keyof typeof FAILURES)[]) {
    if (['output', 'exhausted', 'stopped'].includes(failureKind(code))) assert.equal(evidenceOf(code), 'nothing', code)
  }
  for (const code of ['PROXY_FAILED', 'WORKER_DIED', 'INTERNAL', 'ADDRESS_REFUSED'] as const) {
    assert.equal(evidenceOf(code), 'nothing', code)
  }
})

test('who redirected is alive, whatever came of it; who said 429 did say so', () => {
  assert.equal(evidenceOf('TIMEOUT_CONNECT', true), 'alive')
  assert.equal(evidenceOf('DNS_NOT_FOUND', true), 'alive')
  assert.equal(evidenceOf('HTTP_429', true), 'busy')
})

test('twenty silences make a host down only if 10 s lie between the first and the last', () => {
  const breaker = make()
  assert.ok(silences(breaker, 500, 1000).every((down) => !down))
  assert.equal(breaker.hear('silence', 'RESET', 10_999, alone), false)
  assert.equal(breaker.hear('silence', 'RESET', 11_000, alone), true)
})

test('nineteen silences do not make a host down, however long they take', () => {
  const breaker = make()
  for (let i = 0; i < 19; i++) assert.equal(breaker.hear('silence', 'RESET', i * 60_000, alone), false)
  assert.equal(breaker.hear('silence', 'RESET', 20 * 60_000, alone), true)
})

test('after half of them the host is suspected: four at once', () => {
  const breaker = make()
  silences(breaker, 9, 0)
  assert.deepEqual([breaker.suspected, breaker.admits(15)], [false, true])
  silences(breaker, 1, 0)
  assert.deepEqual([breaker.suspected, breaker.admits(3), breaker.admits(4)], [true, true, false])
})

test('while an attempt is in flight a host is not down; nothing new begins until it ended', () => {
  const breaker = make()
  silences(breaker, 19, 0)
  assert.deepEqual(silences(breaker, 1, 10_000, among), [false])
  assert.deepEqual([breaker.down, breaker.admits(1)], [false, false])
  assert.equal(breaker.hear('nothing', 'STOPPED', 10_001, alone), true)
})

test('any answer from the server, even 503, ends a streak of silences', () => {
  const breaker = make()
  silences(breaker, 19, 0)
  breaker.hear('busy', 'HTTP_503', 5000, alone)
  assert.equal(breaker.suspected, false)
  assert.deepEqual(silences(breaker, 1, 20_000), [false])
})

test('a name that had an address in between starts counting anew', () => {
  const breaker = make()
  for (let i = 0; i < 2; i++) breaker.hear('nowhere', 'DNS_NOT_FOUND', 0, alone)
  breaker.hear('busy', 'HTTP_429', 0, alone)
  for (let i = 0; i < 2; i++) assert.equal(breaker.hear('nowhere', 'DNS_NOT_FOUND', 0, alone), false)
})

test('three times without an address is down at once', () => {
  const breaker = make()
  assert.deepEqual(
    [1, 2, 3].map(() => breaker.hear('nowhere', 'DNS_NOT_FOUND', 5, among)),
    [false, false, true],
  )
})

test('busy answers, as many as twenty jobs meet in all their tries, make a host down', () => {
  const breaker = make(20, 5)
  const heard = Array.from({ length: 120 }, () => breaker.hear('busy', 'HTTP_429', 0, alone))
  assert.equal(heard.indexOf(true), 119)
})

test('a host that is down refuses for 30 s and then lets one through', () => {
  const breaker = fallen()
  assert.deepEqual([breaker.refuses(39_999), breaker.refuses(40_000)], [true, false])
  assert.equal(breaker.admits(3), true)
  assert.equal(breaker.begin(), true)
  assert.deepEqual([breaker.admits(0), breaker.refuses(40_001)], [false, false])
})

test('only the probe can make a host stay down longer; what began before does not count', () => {
  const breaker = fallen()
  assert.deepEqual(silences(breaker, 5, 12_000), [false, false, false, false, false])
  assert.equal(breaker.until, 40_000)
  breaker.begin()
  assert.equal(breaker.hear('busy', 'HTTP_503', 41_000, { alone: true, probe: true }), true)
  assert.equal(breaker.until, 101_000)
})

test('a probe that ended for another reason is followed by another one', () => {
  const breaker = fallen()
  breaker.begin()
  assert.equal(breaker.hear('nothing', 'EMFILE', 41_000, { alone: true, probe: true }), false)
  assert.deepEqual([breaker.refuses(41_000), breaker.admits(0)], [false, true])
})

test('without a number of failures a host is never down', () => {
  const breaker = make(0)
  for (let i = 0; i < 1000; i++) {
    assert.equal(breaker.hear('nowhere', 'DNS_NOT_FOUND', i * 1000, alone), false)
    assert.equal(breaker.hear('silence', 'RESET', i * 1000, alone), false)
    assert.equal(breaker.hear('busy', 'HTTP_429', i * 1000, alone), false)
  }
  assert.equal(breaker.suspected, false)
})
