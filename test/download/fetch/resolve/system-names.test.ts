/** What the name servers do not know, the system may: curl finds such names, so do we. */
import assert from 'node:assert/strict'
import type { LookupFunction } from 'node:net'
import { describe, it } from 'node:test'
import type { ResolverParts } from '../../../../src/download/fetch/resolve/resolver.js'
import { codeOf } from '../../../support/fetching.js'
import { lookupOf } from '../../../support/lookups.js'
import type { NameServer } from '../../../support/name-server/name-server.js'
import { nameServer, resolverOf } from './scene.js'

/** A system that knows these names, and the servers it is configured with. */
function system(
  servers: readonly NameServer[],
  known: Readonly<Record<string, string>>,
): Partial<ResolverParts> & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    servers: undefined,
    configured: () => servers.map(({ address }) => address),
    system: lookupOf((host) => {
      asked.push(host)
      return known[host] === undefined ? [] : [known[host]]
    }),
  }
}

const failing: LookupFunction = (_host, _options, done) => {
  done(Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' }), '')
}

describe('The system is asked', () => {
  it('for names without a dot and for those of mDNS, which are no business of name servers', async (t) => {
    const server = await nameServer(t, {})
    const { addresses } = resolverOf(t, [], system([server], { nas: '192.0.2.3', 'printer.local': '192.0.2.4' }))
    assert.deepEqual(await addresses('nas'), ['192.0.2.3'])
    assert.deepEqual(await addresses('Printer.local.'), ['192.0.2.4'])
    assert.equal(await codeOf(addresses('nobody')), 'DNS_NOT_FOUND')
    assert.equal(server.asked, 0)
  })

  it('once for a name that name servers say is not there: it may be of a search domain, or of a tunnel', async (t) => {
    const server = await nameServer(t, {})
    const parts = system([server], { 'web.shop': '10.1.2.3' })
    const { addresses, clock } = resolverOf(t, [], parts)
    for (let i = 0; i < 2; i++) {
      assert.deepEqual(await addresses('web.shop'), ['10.1.2.3'])
      assert.equal(await codeOf(addresses('dead.example')), 'DNS_NOT_FOUND')
      clock.now += 10_000
    }
    assert.deepEqual(parts.asked, ['web.shop', 'dead.example'])
  })

  it('for no name that name servers know, or could not look up', async (t) => {
    const server = await nameServer(t, { 'a.example': { addresses: ['192.0.2.1'] }, 'b.example': { code: 'SERVFAIL' } })
    const parts = system([server], { 'b.example': '192.0.2.2' })
    const { addresses } = resolverOf(t, [], parts)
    assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
    assert.equal(await codeOf(addresses('b.example')), 'DNS_FAILED')
    assert.deepEqual(parts.asked, [])
  })

  it('not at all where the servers were given: those and no others are meant', async (t) => {
    const server = await nameServer(t, { nas: { addresses: ['192.0.2.1'] } })
    const { addresses } = resolverOf(t, [server])
    assert.deepEqual(await addresses('nas'), ['192.0.2.1'])
    assert.equal(await codeOf(addresses('dead.example')), 'DNS_NOT_FOUND')
  })

  it('if no name server answers, and then first, for a minute', async (t) => {
    const server = await nameServer(t, {})
    await server.close()
    const parts = system([server], { 'a.example': '192.0.2.1', 'b.example': '192.0.2.2' })
    const { addresses, resolver, clock } = resolverOf(t, [], parts)
    assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
    const { questions } = resolver
    assert.deepEqual(await addresses('b.example'), ['192.0.2.2'])
    assert.equal(resolver.questions, questions)
    clock.now += 60_000
    await addresses('a.example')
    assert.ok(resolver.questions > questions)
  })

  it('and if it cannot say either, that is DNS_FAILED', async (t) => {
    const server = await nameServer(t, {})
    await server.close()
    const { addresses } = resolverOf(t, [], { ...system([server], {}), system: failing })
    for (const name of ['a.example', 'nas']) assert.equal(await codeOf(addresses(name)), 'DNS_FAILED')
  })

  it('for two names at once, no more; a no of the name servers does not wait for it forever', async (t) => {
    const server = await nameServer(t, {})
    let asked = 0
    const silent: LookupFunction = () => void asked++
    const { addresses } = resolverOf(t, [], { ...system([server], {}), system: silent, systemPatience: 1 })
    const names = Array.from({ length: 10 }, (_, i) => `dead${i}.example`)
    const codes = await Promise.all(names.map((name) => codeOf(addresses(name))))
    assert.deepEqual(new Set(codes), new Set(['DNS_NOT_FOUND']))
    assert.equal(asked, 2)
  })
})
