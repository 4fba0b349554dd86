/** The addresses that are judged are those that are connected to, whatever a name server says in between. */
import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, failureOf, keeping, openedFetcher } from '../../support/fetching.js'
import { lookupOf } from '../../support/lookups.js'
import { startNameServer } from '../../support/name-server/name-server.js'
import { answer, startRawServer } from '../../support/raw-server.js'

const PUBLIC = '127.0.0.2'
const PRIVATE = '127.0.0.1'

/** A private server, and a name server that gives these addresses for every name, those of the next entry with each question. */
async function world(t: TestContext, answers: readonly (readonly string[])[], publicOnly = true) {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'secret')))
  const names: string[] = []
  const dns = await startNameServer(({ name, type }) => {
    // Whether there are questions for IPv6 depends on the machine.
    if (type === 'AAAA') return {}
    names.push(name)
    return { addresses: answers[Math.min(names.length, answers.length) - 1] ?? [], ttl: 0 }
  })
  t.after(() => dns.close())
  let now = 0
  const clock = {
    get now() {
      return now
    },
    pass: (ms: number) => (now += ms),
  }
  const fetcher = await openedFetcher(
    t,
    { publicOnly, dnsServers: [dns.address] },
    { isPublic: (address) => address === PUBLIC, now: () => performance.now() + now },
  )
  const fetch = (url = `http://evil.example:${server.port}/`) => fetcher.fetch({ url }, keeping())
  return { server, clock, fetch, names }
}

/** A server at an address that counts as public, and one request after the other to hosts for which these addresses are given in turn. */
async function visits(t: TestContext, answers: readonly (readonly string[])[]) {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'hello', { Connection: 'close' })))
  const rest = [...answers]
  const lookup = lookupOf(() => rest.shift() ?? [])
  const fetcher = await openedFetcher(t, {}, { isPublic: (address) => address === '127.0.0.1', lookup })
  return (host: string) => fetcher.fetch({ url: `http://${host}:${server.port}/` }, keeping())
}

describe('A name server that changes its mind', () => {
  it('between the check and the connection is not asked a second time', async (t) => {
    const { server, names, fetch } = await world(t, [[PUBLIC], [PRIVATE]])
    // Nobody listens at the public address.
    assert.equal(await codeOf(fetch()), 'CONNECT_REFUSED')
    assert.deepEqual([names.length, server.connections], [1, 0])
  })

  it('between two connections is heard, and its new address refused', async (t) => {
    const { server, names, fetch, clock } = await world(t, [[PUBLIC], [PRIVATE]])
    await codeOf(fetch())
    clock.pass(1_000)
    const { code, message } = await failureOf(fetch())
    assert.deepEqual([code, message], ['ADDRESS_REFUSED', 'evil.example leads to 127.0.0.1, which is not a public address'])
    assert.deepEqual([names.length, server.connections], [2, 0])
  })

  it('and gives a private address beside a public one gets nobody to the private one', async (t) => {
    const { server, fetch } = await world(t, [[PRIVATE, PUBLIC, '::1']])
    assert.equal(await codeOf(fetch()), 'CONNECT_REFUSED')
    assert.equal(server.connections, 0)
  })

  it('is not asked for an address, nor for anything but the name of the host', async (t) => {
    const { server, fetch, names } = await world(t, [[PRIVATE]], false)
    await fetch(`http://user:pass@evil.example:${server.port}/path?token=1`)
    await fetch(`http://127.0.0.1:${server.port}/`)
    assert.deepEqual(names, ['evil.example'])
  })
})

describe('Without --public-only', () => {
  it('a name that led to a public address may not lead to a private one, whatever else it leads to', async (t) => {
    const visit = await visits(t, [['127.0.0.1'], ['127.0.0.2'], ['127.0.0.2', '127.0.0.1'], ['127.0.0.2']])
    assert.equal((await visit('evil.example')).bytes, 5)
    const { code, message } = await failureOf(visit('evil.example'))
    assert.deepEqual([code, message], ['ADDRESS_REFUSED', 'evil.example leads to 127.0.0.2, which is not a public address'])
    assert.equal((await visit('evil.example')).bytes, 5)
    assert.equal(await codeOf(visit('evil.example')), 'ADDRESS_REFUSED')
  })

  it('a name that was never reached at a public address, and another name, may be private', async (t) => {
    const visit = await visits(t, [['127.0.0.1'], ['127.0.0.2'], ['127.0.0.2', '127.0.0.3'], ['127.0.0.2']])
    assert.equal((await visit('a.example')).bytes, 5)
    for (let n = 0; n < 3; n += 1) assert.notEqual(await codeOf(visit('mine.example')), 'ADDRESS_REFUSED')
  })
})

describe('A host with several addresses', () => {
  it('is reached by those that connect', async (t) => {
    const { server, fetch } = await world(t, [['127.0.0.3', PUBLIC, PRIVATE]], false)
    assert.equal((await fetch()).bytes, 6)
    assert.equal(server.connections, 1)
  })

  it('is given up as a whole, TLS too, when its time is over', async (t) => {
    const closed: Promise<unknown>[] = []
    const silent = createServer((socket: Socket) => {
      closed.push(new Promise((resolve) => socket.on('close', resolve)))
      socket.on('error', () => undefined).resume()
    })
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    t.after(() => silent.close())
    const { port } = silent.address() as AddressInfo
    const fetcher = await openedFetcher(t, { connectTimeout: 200, resolve: [`slow.example:${port}:127.0.0.3,127.0.0.1`] })
    assert.equal(await codeOf(fetcher.fetch({ url: `https://slow.example:${port}/` }, keeping())), 'TIMEOUT_CONNECT')
    assert.equal(closed.length, 1)
    await Promise.all(closed)
  })
})
