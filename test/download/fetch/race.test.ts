import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import type { Dialled } from '../../../src/download/fetch/dial.js'

const { race } = (await import(
  new URL('../../../../dist/download/fetch/race.js', import.meta.url).href
)) as typeof import('../../../src/download/fetch/race.js')

const failure = (code: string): Error => Object.assign(new Error(code), { code })

/** A race whose attempts end as the test says, and what became of it. */
function raceOf(t: TestContext, addresses: readonly string[]) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const log: string[] = []
  const ends = new Map<string, Dialled>()
  const socketOf = (address: string): Socket => ({ address, destroy: () => log.push(`closed ${address}`) }) as unknown as Socket
  const attempt = race(
    addresses,
    (address, done) => {
      log.push(`try ${address}`)
      ends.set(address, done)
      return { destroy: () => log.push(`give up ${address}`) }
    },
    (error, socket) =>
      log.push(error === null ? `connected ${(socket as unknown as { address: string }).address}` : error.message),
  )
  return {
    log,
    attempt,
    connect: (address: string) => ends.get(address)?.(null, socketOf(address)),
    fail: (address: string, code: string) => ends.get(address)?.(failure(code), null),
    pass: (ms: number) => t.mock.timers.tick(ms),
  }
}

describe('Of several addresses', () => {
  it('the first one is enough if it connects', (t) => {
    const { log, connect, pass } = raceOf(t, ['a', 'b'])
    connect('a')
    pass(10_000)
    assert.deepEqual(log, ['try a', 'connected a'])
  })

  it('the next one is tried when one fails', (t) => {
    const { log, connect, fail } = raceOf(t, ['a', 'b', 'c'])
    fail('a', 'ECONNREFUSED')
    fail('b', 'ECONNREFUSED')
    connect('c')
    assert.deepEqual(log, ['try a', 'try b', 'try c', 'connected c'])
  })

  it('the next one is tried as well after 250 ms, and the slower may still win', (t) => {
    const { log, connect, pass } = raceOf(t, ['a', 'b'])
    pass(249)
    assert.deepEqual(log, ['try a'])
    pass(1)
    connect('a')
    assert.deepEqual(log, ['try a', 'try b', 'give up b', 'connected a'])
    connect('b')
    assert.deepEqual(log.slice(4), ['closed b'])
  })

  it('all fail before there is an error: the one that says most', (t) => {
    const { log, fail, pass } = raceOf(t, ['a', 'b', 'c'])
    fail('a', 'ENETUNREACH')
    pass(250)
    fail('c', 'ECONNREFUSED')
    assert.deepEqual(log, ['try a', 'try b', 'try c'])
    fail('b', 'ETIMEDOUT')
    assert.deepEqual(log.slice(3), ['ECONNREFUSED'])
  })

  it('none is tried any more once the race is given up', (t) => {
    const { log, attempt, pass } = raceOf(t, ['a', 'b', 'c'])
    pass(250)
    attempt.destroy()
    pass(10_000)
    assert.deepEqual(log, ['try a', 'try b', 'give up a', 'give up b'])
  })
})
