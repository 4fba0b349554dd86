import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codeOf } from '../../../support/fetching.js'
import { moment } from '../../../support/moment.js'
import type { Reply } from '../../../support/name-server/name-server.js'
import { nameServer, resolverOf } from './scene.js'

const { KnownNames } = (await import(
  new URL('../../../../../dist/download/fetch/resolve/known-names.js', import.meta.url).href
)) as typeof import('../../../../src/download/fetch/resolve/known-names.js')

const ONE = { addresses: ['192.0.2.1'] }
const namesTo = (count: number): string[] => Array.from({ length: count }, (_, i) => `h${i}.example`)

describe('A name that will be needed soon', () => {
  it('is asked for ahead, and once', async (t) => {
    const asked = moment()
    const server = await nameServer(t, {
      'a.example': () => {
        asked.arrive()
        return ONE
      },
    })
    const { resolver, addresses } = resolverOf(t, [server])
    resolver.prefetch('a.example', 80)
    resolver.prefetch('a.example', 80)
    await asked.met
    assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
    assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
    assert.equal(server.asked, 1)
  })

  it('is not asked for if nobody needs to be', async (t) => {
    const { resolver } = resolverOf(t, [])
    for (const host of ['localhost', '192.0.2.1', '::1']) resolver.prefetch(host, 80)
    assert.equal(resolver.questions, 0)
  })

  it('is asked for in its turn: 16 at once, 256 more than are used', async (t) => {
    const names = namesTo(400)
    let asked = 0
    let full = moment()
    const held: (() => void)[] = []
    const rule = (): Promise<Reply> =>
      new Promise((resolve) => {
        held.push(() => resolve(ONE))
        if (++asked % 16 === 0) full.arrive()
      })
    const server = await nameServer(t, Object.fromEntries(names.map((name) => [name, rule])))
    const { resolver, addresses } = resolverOf(t, [server])
    for (const name of names) resolver.prefetch(name, 80)
    for (let batch = 1; batch <= 16; batch++) {
      await full.met
      assert.equal(resolver.questions, batch * 16)
      full = moment()
      for (const answer of held.splice(0)) answer()
    }
    // All of the 256 are known, or will be at once; one that is used makes room for another.
    await Promise.all(names.slice(0, 16).map((name) => addresses(name)))
    await full.met
    assert.equal(resolver.questions, 272)
    for (const answer of held.splice(0)) answer()
  })

  it('does not keep the end of the resolver waiting', async (t) => {
    const asked = moment()
    const server = await nameServer(t, {
      'a.example': () => {
        asked.arrive()
        return undefined
      },
    })
    const { resolver, addresses } = resolverOf(t, [server])
    resolver.prefetch('a.example', 80)
    resolver.prefetch('b.example', 80)
    await asked.met
    const failed = codeOf(addresses('a.example'))
    resolver.close()
    resolver.prefetch('c.example', 80)
    assert.equal(await failed, 'DNS_FAILED')
    assert.equal(resolver.questions, 2)
  })
})

describe('What is remembered of names', () => {
  it('is that of so many, of those that were asked for last', () => {
    const known = new KnownNames<number>(3)
    for (const [i, name] of ['a', 'b', 'c'].entries()) known.set(name, i, 100)
    assert.equal(known.get('a', 0), 0)
    known.set('d', 3, 100)
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((name) => known.get(name, 0)),
      [0, undefined, 2, 3],
    )
    assert.equal(known.size, 3)
  })

  it('ends with its time', () => {
    const known = new KnownNames<number>(3)
    known.set('a', 1, 100)
    assert.deepEqual(
      [known.has('a', 99), known.get('a', 99), known.has('a', 100), known.get('a', 100)],
      [true, 1, false, undefined],
    )
    assert.equal(known.size, 0)
  })
})
