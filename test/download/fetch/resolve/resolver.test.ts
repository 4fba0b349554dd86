import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { codeOf, failureOf } from '../../../support/fetching.js'
import { moment } from '../../../support/moment.js'
import { NO_SUCH_NAME } from '../../../support/name-server/name-server.js'
import { temporaryFolder } from '../../../support/temporary-folder.js'
import { nameServer, resolverOf, WITH_IPV6, WITH_LOCAL_IPV6, WITHOUT_IPV4, WITHOUT_IPV6 } from './scene.js'

const ONE = { addresses: ['192.0.2.1'] }

describe('A name is asked for', () => {
  it('once, for as long as its answer holds', async (t) => {
    const server = await nameServer(t, { 'a.example': { ...ONE, ttl: 20 } })
    const { addresses, clock } = resolverOf(t, [server])
    assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
    clock.now += 19_999
    assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
    assert.equal(server.asked, 1)
    clock.now += 1
    await addresses('a.example')
    assert.equal(server.asked, 2)
  })

  it('at most once a second, and at least once an hour, whatever the answer says', async (t) => {
    const server = await nameServer(t, { 'short.example': { ...ONE, ttl: 0 }, 'long.example': { ...ONE, ttl: 1e9 } })
    const { addresses, clock } = resolverOf(t, [server])
    for (const [name, ms] of [
      ['short.example', 1_000],
      ['long.example', 3_600_000],
    ] as const) {
      const before = server.asked
      await addresses(name)
      clock.now += ms - 1
      await addresses(name)
      assert.equal(server.asked, before + 1)
      clock.now += 1
      await addresses(name)
      assert.equal(server.asked, before + 2)
    }
  })

  it('as long as the shortest-lived of its records says, aliases included', async (t) => {
    const server = await nameServer(t, { 'a.example': { ...ONE, ttl: 5, alias: 'b.example' } })
    const { addresses, clock } = resolverOf(t, [server])
    assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
    clock.now += 5_000
    await addresses('a.example')
    assert.equal(server.asked, 2)
  })

  it('once by all who want it at the same time', async (t) => {
    const { met, arrive } = moment()
    const server = await nameServer(t, { 'a.example': met.then(() => ONE) })
    const { addresses } = resolverOf(t, [server])
    const all = Promise.all(Array.from({ length: 50 }, () => addresses('a.example')))
    arrive()
    assert.equal((await all).length, 50)
    assert.equal(server.asked, 1)
  })

  it('in lower case and without the dot at its end: it is the same name', async (t) => {
    const server = await nameServer(t, { 'a.example': ONE })
    const { addresses } = resolverOf(t, [server])
    for (const name of ['a.example', 'A.Example', 'a.example.']) assert.deepEqual(await addresses(name), ['192.0.2.1'])
    assert.equal(server.asked, 1)
  })

  it('with at most 255 others at the same time', async (t) => {
    const { met, arrive } = moment()
    const all = moment()
    let asked = 0
    const rule = (): Promise<typeof ONE> => {
      if (++asked === 256) all.arrive()
      return met.then(() => ONE)
    }
    const names = Array.from({ length: 300 }, (_, i) => `h${i}.example`)
    const server = await nameServer(t, Object.fromEntries(names.map((name) => [name, rule])))
    const { addresses, resolver } = resolverOf(t, [server])
    const found = names.map((name) => addresses(name))
    assert.equal(resolver.questions, 256)
    await all.met
    arrive()
    assert.equal((await Promise.all(found)).length, 300)
  })
})

describe('Where there is no address', () => {
  it('a name that does not exist is DNS_NOT_FOUND, and not asked for again for 30 s', async (t) => {
    const server = await nameServer(t, {})
    const { addresses, clock } = resolverOf(t, [server])
    const { code, message } = await failureOf(addresses('no.example'))
    assert.deepEqual([code, message], ['DNS_NOT_FOUND', 'no.example does not exist'])
    clock.now += 29_999
    assert.equal(await codeOf(addresses('no.example')), 'DNS_NOT_FOUND')
    assert.deepEqual(server.questions, ['A no.example'])
    clock.now += 1
    await codeOf(addresses('no.example'))
    assert.equal(server.asked, 2)
  })

  it('a name without addresses is DNS_NOT_FOUND too, once both kinds were asked for', async (t) => {
    const server = await nameServer(t, { 'mail.example': {} })
    const { addresses } = resolverOf(t, [server])
    const { code, message } = await failureOf(addresses('mail.example'))
    assert.deepEqual([code, message], ['DNS_NOT_FOUND', 'mail.example has no address'])
    assert.deepEqual(server.questions, ['A mail.example', 'AAAA mail.example'])
  })

  it('a name that cannot be one is DNS_NOT_FOUND without a question', async (t) => {
    const server = await nameServer(t, {})
    const { addresses } = resolverOf(t, [server])
    for (const name of ['a..example', `${'x'.repeat(64)}.example`]) assert.equal(await codeOf(addresses(name)), 'DNS_NOT_FOUND')
    assert.equal(server.asked, 0)
  })
})

describe('Where a server fails', () => {
  for (const code of ['SERVFAIL', 'REFUSED', 'NOTIMP'] as const) {
    it(`with ${code}, the next one is asked`, async (t) => {
      const [bad, good] = [await nameServer(t, { 'a.example': { code } }), await nameServer(t, { 'a.example': ONE })]
      const { addresses } = resolverOf(t, [bad, good])
      assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
      assert.deepEqual([bad.asked, good.asked], [1, 1])
    })
  }

  it('if all fail, that is DNS_FAILED, and the next attempt asks again', async (t) => {
    const rule = { 'a.example': { code: 'SERVFAIL' } } as const
    const servers = [await nameServer(t, rule), await nameServer(t, rule)]
    const { addresses, clock } = resolverOf(t, servers)
    assert.match((await failureOf(addresses('a.example'))).message, /could not be looked up: ESERVFAIL/)
    assert.equal(await codeOf(addresses('a.example')), 'DNS_FAILED')
    clock.now += 500
    assert.equal(await codeOf(addresses('a.example')), 'DNS_FAILED')
    assert.deepEqual(
      servers.map(({ asked }) => asked),
      [2, 2],
    )
  })

  it('by saying nothing, the next one is asked', async (t) => {
    const [mute, good] = [await nameServer(t, { 'a.example': undefined }), await nameServer(t, { 'a.example': ONE })]
    const { addresses } = resolverOf(t, [mute, good])
    assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
    assert.deepEqual([mute.asked, good.asked], [1, 1])
  })

  it('by saying nothing the first time, it is asked again', async (t) => {
    const server = await nameServer(t, { 'a.example': () => (server.asked === 1 ? undefined : ONE) })
    const { addresses } = resolverOf(t, [server])
    assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
    assert.equal(server.asked, 2)
  })

  // c-ares asks again from another port and may have closed the first by then: so the answer that counts is that to the second question.
  for (const [when, first] of [
    ['just before that to the second', ONE],
    ['after that to the second', { addresses: ['192.0.2.66'] }],
  ] as const) {
    it(`by being slow, it is asked again, and its first answer, ${when}, does no harm`, async (t) => {
      const late = moment()
      const server = await nameServer(t, {
        'a.example': () => {
          if (server.asked === 1) return late.met.then(() => first)
          if (first !== ONE) return ONE
          late.arrive()
          return turn(ONE)
        },
        'b.example': { addresses: ['192.0.2.2'] },
      })
      const { addresses, resolver } = resolverOf(t, [server])
      const told: unknown[] = []
      await new Promise<void>((resolve) => {
        resolver.resolve('a.example', 80, (error, found) => {
          told.push(error ?? found.map(({ address }) => address))
          resolve()
        })
      })
      late.arrive()
      // It is sent, and so read if anybody reads it, before the answer to this question.
      assert.deepEqual(await addresses('b.example'), ['192.0.2.2'])
      assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
      assert.deepEqual(told, [['192.0.2.1']])
      assert.deepEqual(server.questions, ['A a.example', 'A a.example', 'A b.example'])
    })
  }

  it('because it is not there, that is DNS_FAILED', async (t) => {
    const server = await nameServer(t, {})
    await server.close()
    const { addresses } = resolverOf(t, [server])
    assert.equal(await codeOf(addresses('a.example')), 'DNS_FAILED')
  })

  it('a question that is open when the resolver is closed fails', async (t) => {
    const asked = moment()
    const server = await nameServer(t, {
      'a.example': () => {
        asked.arrive()
        return undefined
      },
    })
    const { addresses, resolver } = resolverOf(t, [server])
    const failed = codeOf(addresses('a.example'))
    await asked.met
    resolver.close()
    assert.equal(await failed, 'DNS_FAILED')
  })
})

describe('An answer that does not fit', () => {
  it('is asked for again over TCP', async (t) => {
    const server = await nameServer(t, { 'a.example': { ...ONE, truncated: true } })
    const { addresses } = resolverOf(t, [server])
    assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
    assert.deepEqual(server.questions, ['A a.example', 'A a.example over TCP'])
  })

  it('is not kept beyond 16 addresses', async (t) => {
    const all = Array.from({ length: 200 }, (_, i) => `192.0.2.${i}`)
    const server = await nameServer(t, { 'a.example': { addresses: all } })
    const { addresses } = resolverOf(t, [server])
    assert.deepEqual(await addresses('a.example'), all.slice(0, 16))
  })
})

describe('IPv6', () => {
  const BOTH = { addresses: ['192.0.2.1', '192.0.2.2', '192.0.2.3', '2001:db8::1', '2001:db8::2'] }

  for (const [which, interfaces] of [
    ['without it', WITHOUT_IPV6],
    ['that has it only among its neighbours', WITH_LOCAL_IPV6],
  ] as const) {
    it(`is not asked for by a machine ${which}, where there is an IPv4 address`, async (t) => {
      const server = await nameServer(t, { 'a.example': BOTH })
      const { addresses } = resolverOf(t, [server], { interfaces })
      assert.deepEqual(await addresses('a.example'), ['192.0.2.1', '192.0.2.2', '192.0.2.3'])
      assert.deepEqual(server.questions, ['A a.example'])
    })
  }

  for (const [which, interfaces] of [
    ['that has it', WITH_IPV6],
    ['without IPv4', WITHOUT_IPV4],
  ] as const) {
    it(`comes first on a machine ${which}, in turn with IPv4`, async (t) => {
      const server = await nameServer(t, { 'a.example': BOTH })
      const { addresses } = resolverOf(t, [server], { interfaces, familyPatience: 10_000 })
      assert.deepEqual(await addresses('a.example'), ['2001:db8::1', '192.0.2.1', '2001:db8::2', '192.0.2.2', '192.0.2.3'])
      assert.deepEqual(server.questions.toSorted(), ['A a.example', 'AAAA a.example'])
    })
  }

  for (const [what, reply] of [
    ['not answered', undefined],
    ['answered with SERVFAIL', { code: 'SERVFAIL' }],
    ['answered with a no that is wrong', NO_SUCH_NAME],
  ] as const) {
    it(`that is ${what} does not keep IPv4 from being used`, async (t) => {
      const server = await nameServer(t, { 'A a.example': ONE, 'AAAA a.example': reply })
      const { addresses } = resolverOf(t, [server], { interfaces: WITH_IPV6, familyPatience: 1 })
      assert.deepEqual(await addresses('a.example'), ['192.0.2.1'])
    })
  }

  it('alone is used, also by a machine that seems not to have it', async (t) => {
    const server = await nameServer(t, { 'a.example': { addresses: ['2001:db8::1'] } })
    for (const parts of [{}, { interfaces: WITH_IPV6 }]) {
      const { addresses } = resolverOf(t, [server], parts)
      assert.deepEqual(await addresses('a.example'), ['2001:db8::1'])
    }
  })

  it('that is not there is no answer, where IPv4 could not be asked for', async (t) => {
    const server = await nameServer(t, { 'A a.example': { code: 'SERVFAIL' }, 'AAAA a.example': {} })
    for (const parts of [{}, { interfaces: WITH_IPV6 }]) {
      const { addresses } = resolverOf(t, [server], parts)
      assert.equal(await codeOf(addresses('a.example')), 'DNS_FAILED')
    }
  })
})

describe('Nobody is asked for', () => {
  it('an address', async (t) => {
    const { addresses } = resolverOf(t, [])
    for (const address of ['192.0.2.7', '2001:db8::7']) assert.deepEqual(await addresses(address), [address])
  })

  it('localhost and names below it, which are this machine', async (t) => {
    const { addresses } = resolverOf(t, [])
    for (const name of ['localhost', 'LOCALHOST.', 'a.localhost', 'b.a.localhost.']) {
      assert.deepEqual(await addresses(name), ['127.0.0.1'])
    }
    const both = resolverOf(t, [], { interfaces: WITH_IPV6 })
    assert.deepEqual(await both.addresses('localhost'), ['::1', '127.0.0.1'])
  })

  it('names in the hosts file, which is read again when it has changed', async (t) => {
    const hostsFile = join(temporaryFolder(t), 'hosts')
    const { addresses, clock } = resolverOf(t, [], { hostsFile })
    const lines = [
      '# 192.0.2.9 one',
      '192.0.2.1\tOne one.example # two',
      '\r',
      '2001:db8::1 one.example',
      'nonsense three',
      '192.0.2.1 one.example',
    ]
    writeFileSync(hostsFile, lines.join('\n'))
    assert.deepEqual(await addresses('one'), ['192.0.2.1'])
    assert.deepEqual(await addresses('one.example.'), ['192.0.2.1', '2001:db8::1'])
    writeFileSync(hostsFile, '192.0.2.22 one')
    clock.now += 5_000
    assert.deepEqual(await addresses('one'), ['192.0.2.22'])
  })

  it('a host and port whose address was given', async (t) => {
    const server = await nameServer(t, { 'a.example': ONE })
    const fixed = [
      { host: '*', port: 8080, addresses: [{ address: '192.0.2.8', family: 4 }] },
      { host: 'a.example', port: 443, addresses: [{ address: '2001:db8::5', family: 6 }] },
    ]
    const { addresses } = resolverOf(t, [server], { fixed })
    assert.deepEqual(await addresses('A.example', 443), ['2001:db8::5'])
    assert.deepEqual(await addresses('b.example', 8080), ['192.0.2.8'])
    assert.equal(server.asked, 0)
    assert.deepEqual(await addresses('a.example', 80), ['192.0.2.1'])
  })
})
