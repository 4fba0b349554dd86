import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, failureOf, keeping, openedFetcher } from '../../support/fetching.js'
import { lookupOf } from '../../support/lookups.js'
import { answer, startRawServer } from '../../support/raw-server.js'

const { isPublicAddress, looksPublic } = (await import(
  new URL('../../../../dist/download/fetch/address-guard.js', import.meta.url).href
)) as typeof import('../../../src/download/fetch/address-guard.js')

/** Ends and begins with the empty text, which is no address either. */
const NOT_PUBLIC = `
  127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254
  100.64.0.1 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255
  :: ::1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2001::1
  fc00::1 fd00::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 2001:db8::1 nonsense
`.split(/\s+/)

describe('The address guard', () => {
  for (const address of NOT_PUBLIC) {
    it(`takes '${address}' for not public`, () => assert.equal(isPublicAddress(address), false))
  }
  for (const address of ['1.1.1.1', '8.8.8.8', '172.32.0.1', '2606:4700:4700::1111', '::ffff:8.8.8.8']) {
    it(`takes ${address} for public`, () => assert.equal(isPublicAddress(address), true))
  }
  for (const [host, expected] of [
    ['example.com', true],
    ['8.8.8.8', true],
    ['[2606:4700:4700::1111]', true],
    ['localhost', false],
    ['a.localhost.', false],
    ['printer', false],
    ['nas.local', false],
    ['metadata.google.internal', false],
    ['router.home.arpa', false],
    ['127.0.0.1', false],
    ['[::ffff:7f00:1]', false],
  ] as const) {
    it(`behind a proxy, takes ${host} for ${expected ? '' : 'not '}public`, () => assert.equal(looksPublic(host), expected))
  }
})

describe('With --public-only, no request is made', () => {
  for (const host of [
    '127.0.0.1',
    '0x7f.1',
    '017700000001',
    '127.1',
    '0',
    '2130706433',
    '[::ffff:7f00:1]',
    '[::]',
    '[::1]',
    'localhost',
  ]) {
    it(`to ${host}`, async (t) => {
      const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK')))
      const fetcher = await openedFetcher(t, { publicOnly: true })
      assert.equal(await codeOf(fetcher.fetch({ url: `http://${host}:${server.port}/` }, keeping())), 'ADDRESS_REFUSED')
      assert.equal(server.connections, 0)
    })
  }

  it('to a name that leads to such an address; the message says where it leads', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK')))
    const fetcher = await openedFetcher(t, { publicOnly: true }, { lookup: lookupOf(() => ['127.0.0.1', '::1']) })
    const { code, message } = await failureOf(fetcher.fetch({ url: `http://evil.example:${server.port}/` }, keeping()))
    assert.equal(code, 'ADDRESS_REFUSED')
    assert.match(message, /evil\.example leads to 127\.0\.0\.1/)
    assert.equal(server.connections, 0)
  })

  it('through a proxy to such a name or literal either', async (t) => {
    const proxy = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK')))
    const fetcher = await openedFetcher(t, { publicOnly: true, proxy: proxy.url })
    for (const url of ['http://127.0.0.1/', 'https://localhost/', 'http://[::1]/', 'http://nas.local/']) {
      assert.equal(await codeOf(fetcher.fetch({ url }, keeping())), 'ADDRESS_REFUSED')
    }
    assert.equal(proxy.connections, 0)
    await fetcher.fetch({ url: 'http://example.com/' }, keeping())
    assert.equal(proxy.connections, 1)
  })

  it('on a connection that says after all that it leads elsewhere', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK')))
    // As if the name had led to another address than the one that was judged.
    let judged = 0
    const fetcher = await openedFetcher(
      t,
      { publicOnly: true },
      { lookup: lookupOf(() => ['127.0.0.1']), isPublic: () => (judged += 1) === 1 },
    )
    assert.equal(await codeOf(fetcher.fetch({ url: `http://evil.example:${server.port}/` }, keeping())), 'ADDRESS_REFUSED')
    assert.equal(server.heads.length, 0)
  })
})

describe('Without --public-only', () => {
  const PUBLIC = ['127.0.0.1']
  /** A server of which `127.0.0.1` counts as public; names lead to it, but for private.example. */
  const world = async (t: TestContext, publicAddresses = PUBLIC) => {
    const asked: string[] = []
    const server = await startRawServer(t, ({ socket, path }) => {
      socket.write(
        path.startsWith('/to/')
          ? answer('302 Found', '', { Location: decodeURIComponent(path.slice(4)) })
          : answer('200 OK', 'hello'),
      )
    })
    const addresses: Record<string, string[]> = { 'private.example': ['10.0.0.1'], 'mixed.example': ['10.0.0.1', '127.0.0.1'] }
    const fetcher = await openedFetcher(
      t,
      { connectionsPerOrigin: 1 },
      {
        isPublic: (address) => publicAddresses.includes(address),
        lookup: lookupOf((host) => {
          asked.push(host)
          return addresses[host] ?? ['127.0.0.1']
        }),
      },
    )
    return { server, fetcher, asked, addresses }
  }

  it('the list may name a private host, and that may redirect to another', async (t) => {
    const { server, fetcher } = await world(t, [])
    const to = encodeURIComponent(`http://b.example:${server.port}/`)
    assert.equal((await fetcher.fetch({ url: `http://a.example:${server.port}/to/${to}` }, keeping())).bytes, 5)
  })

  for (const target of ['private.example', '169.254.169.254', '10.0.0.1', '[::1]', '0x0a.1', 'localhost.private.example']) {
    it(`a public host may not redirect to ${target}`, async (t) => {
      const { server, fetcher, addresses } = await world(t)
      addresses['localhost.private.example'] = ['192.168.0.1']
      const to = encodeURIComponent(`http://${target}:${server.port}/`)
      const fetched = fetcher.fetch({ url: `http://a.example:${server.port}/to/${to}` }, keeping())
      assert.equal(await codeOf(fetched), 'ADDRESS_REFUSED')
      assert.equal(server.heads.length, 1)
    })
  }

  it('nor may a private host that a public one is allowed to lead to no more: public once, public always', async (t) => {
    const { server, fetcher } = await world(t)
    const last = encodeURIComponent(`http://private.example:${server.port}/`)
    const middle = encodeURIComponent(`http://b.example:${server.port}/to/${last}`)
    assert.equal(
      await codeOf(fetcher.fetch({ url: `http://a.example:${server.port}/to/${middle}` }, keeping())),
      'ADDRESS_REFUSED',
    )
    assert.equal(server.heads.length, 2)
  })

  it('a name with public and private addresses is connected to at a public one', async (t) => {
    const { server, fetcher } = await world(t)
    const to = encodeURIComponent(`http://mixed.example:${server.port}/`)
    assert.equal((await fetcher.fetch({ url: `http://a.example:${server.port}/to/${to}` }, keeping())).bytes, 5)
  })

  it('a name that led to a public address and now leads to a private one is refused after a redirect', async (t) => {
    const { server, fetcher, asked, addresses } = await world(t)
    const url = `http://a.example:${server.port}/to/${encodeURIComponent('/end')}`
    await fetcher.fetch({ url }, keeping())
    addresses['a.example'] = ['10.0.0.1']
    const other = `http://b.example:${server.port}/to/${encodeURIComponent(`http://a.example:${server.port + 1}/`)}`
    assert.equal(await codeOf(fetcher.fetch({ url: other }, keeping())), 'ADDRESS_REFUSED')
    assert.deepEqual(asked, ['a.example', 'a.example', 'b.example', 'a.example'])
  })

  it('a connection made for the list is not used where only public addresses may be', async (t) => {
    const publicAddresses: string[] = []
    const { server, fetcher, addresses } = await world(t, publicAddresses)
    const url = `http://b.example:${server.port}/`
    await fetcher.fetch({ url }, keeping())
    // Its connection is still open, and leads to what now counts as public; a new one would not.
    addresses['b.example'] = ['10.0.0.1']
    publicAddresses.push('127.0.0.1')
    assert.equal((await fetcher.fetch({ url }, keeping())).bytes, 5)
    const redirected = fetcher.fetch({ url: `http://a.example:${server.port}/to/${encodeURIComponent(url)}` }, keeping())
    assert.equal(await codeOf(redirected), 'ADDRESS_REFUSED')
    assert.equal(server.heads.length, 3)
  })
})
