import assert from 'node:assert/strict'
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, createServer as createPlainServer, type Server as PlainServer, type Socket } from 'node:net'
import { after, before, describe, it, type TestContext } from 'node:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { type Certificates, hasOpenssl, makeCertificates } from '../../support/certificates.js'
import { codeOf, failureOf, keeping, openedFetcher } from '../../support/fetching.js'
import { lookupHere } from '../../support/lookups.js'
import { startHttpProxy, startSocksProxy } from '../../support/proxy-servers.js'
import { answer, startRawServer } from '../../support/raw-server.js'

const folder = mkdtempSync(join(tmpdir(), 'halyard-'))
let certificates: Certificates
let a: ReturnType<Certificates['issue']>
let client: ReturnType<Certificates['issue']>

const without = hasOpenssl() ? {} : { skip: 'openssl, which makes the certificates, is not installed' }

before(() => {
  if ('skip' in without) return
  certificates = makeCertificates(folder)
  a = certificates.issue('a', 'DNS:a.example,IP:127.0.0.1')
  client = certificates.issue('client', 'DNS:me')
})
after(() => rmSync(folder, { recursive: true, force: true }))

interface TlsSite {
  readonly port: number
  /** Path, and the name in the client's certificate, of each request. */
  readonly seen: string[]
}

/** Redirects /to/… and answers everything else. */
async function startTlsSite(t: TestContext): Promise<TlsSite> {
  const seen: string[] = []
  const server = createServer({ cert: a.cert, key: a.key, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const path = request.url ?? ''
    const subject = (request.socket as TLSSocket).getPeerCertificate().subject as { CN?: string } | undefined
    seen.push(`${path.slice(0, 4)} ${subject?.CN ?? 'nobody'}`)
    if (path.startsWith('/to/')) response.writeHead(302, { location: decodeURIComponent(path.slice(4)) }).end()
    else response.end('hello')
  })
  return { port: await open(t, server), seen }
}

async function open(t: TestContext, server: Server | Http2SecureServer | PlainServer): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.after(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })
  return (server.address() as AddressInfo).port
}

const caCert = (): string => certificates.authority

const serve = async (t: TestContext, respond: (stream: ServerHttp2Stream, path: string) => void): Promise<string> => {
  const server = createSecureServer({ cert: a.cert, key: a.key, allowHTTP1: false })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    respond(stream, String(headers[':path']))
  })
  return `https://127.0.0.1:${await open(t, server)}`
}

const fetcherFor = (t: TestContext) => openedFetcher(t, { caCert: caCert(), http2: true, connectionsPerOrigin: 1, timeout: 5000 })

/** The address of a connection is looked at after TLS too. */
const isLoopback = (address: string): boolean => address.startsWith('127.')

describe('TLS', without, () => {
  it('trusts the authority given beside the usual ones, for names and addresses of the certificate', async (t) => {
    const { port } = await startTlsSite(t)
    const fetcher = await openedFetcher(t, { caCert: caCert() }, { lookup: lookupHere })
    for (const host of ['a.example', '127.0.0.1']) {
      assert.equal((await fetcher.fetch({ url: `https://${host}:${port}/` }, keeping())).bytes, 5)
    }
    assert.equal(await codeOf(fetcher.fetch({ url: `https://b.example:${port}/` }, keeping())), 'TLS_FAILED')
    assert.equal(await codeOf(fetcher.fetch({ url: `https://x.a.example:${port}/` }, keeping())), 'TLS_FAILED')
  })

  it('is spoken with the one of several addresses that connects, and judged by the name', async (t) => {
    const { port, seen } = await startTlsSite(t)
    const resolve = ['a', 'b'].map((name) => `${name}.example:${port}:127.0.0.2,127.0.0.1`)
    const fetcher = await openedFetcher(t, { caCert: caCert(), resolve, publicOnly: true }, { isPublic: isLoopback })
    assert.equal((await fetcher.fetch({ url: `https://a.example:${port}/` }, keeping())).bytes, 5)
    assert.equal(await codeOf(fetcher.fetch({ url: `https://b.example:${port}/` }, keeping())), 'TLS_FAILED')
    assert.equal(seen.length, 1)
  })

  it('trusts nobody else, unless told to be insecure', async (t) => {
    const { port, seen } = await startTlsSite(t)
    const fetcher = await openedFetcher(t)
    const { code, message } = await failureOf(fetcher.fetch({ url: `https://127.0.0.1:${port}/` }, keeping()))
    assert.equal(code, 'TLS_FAILED')
    assert.match(message, /certificate/)
    assert.equal(seen.length, 0)
    const insecure = await openedFetcher(t, { insecure: true })
    assert.equal((await insecure.fetch({ url: `https://127.0.0.1:${port}/` }, keeping())).bytes, 5)
  })

  it('uses a connection again, but not if a record came with the answer that nobody asked for', async (t) => {
    // As long as a record may be, so that what follows is in another one.
    const body = 'x'.repeat(16_384 - answer('200 OK', '', { 'Content-Length': '16000' }).length)
    for (const [more, connections] of [
      ['', 1],
      ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong', 3],
    ] as const) {
      let connected = 0
      const server = createTlsServer({ cert: a.cert, key: a.key }, (socket) => {
        connected += 1
        socket
          .on('error', () => undefined)
          .on('data', () => socket.write(Buffer.concat([answer('200 OK', body), Buffer.from(more)])))
      })
      const url = `https://127.0.0.1:${await open(t, server)}/`
      const fetcher = await openedFetcher(t, { insecure: true, connectionsPerOrigin: 1 })
      const all = [keeping(), keeping(), keeping()]
      await Promise.all(all.map((kept) => fetcher.fetch({ url }, kept)))
      for (const kept of all) assert.ok(kept.text() === body)
      assert.equal(connected, connections)
    }
  })

  it('is not spoken with a server that does not speak it', async (t) => {
    const server = createPlainServer((socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .end(answer('400 Bad')),
    )
    const fetcher = await openedFetcher(t)
    assert.equal(await codeOf(fetcher.fetch({ url: `https://127.0.0.1:${await open(t, server)}/` }, keeping())), 'TLS_FAILED')
  })

  it('shows the client certificate to origins of the list only', async (t) => {
    const [first, second] = [await startTlsSite(t), await startTlsSite(t)]
    const fetcher = await openedFetcher(t, { caCert: caCert(), cert: client.certFile, key: client.keyFile })
    const to = encodeURIComponent(`https://127.0.0.1:${second.port}/end`)
    await fetcher.fetch({ url: `https://127.0.0.1:${first.port}/to/${to}` }, keeping())
    assert.deepEqual([first.seen, second.seen], [['/to/ client'], ['/end nobody']])
    await fetcher.fetch({ url: `https://127.0.0.1:${second.port}/` }, keeping())
    assert.equal(second.seen[1], '/ client')
    const [line, mirror] = [first, second].map(({ port }) => `https://127.0.0.1:${port}`)
    await fetcher.fetch({ url: `${mirror}/`, mirrorOf: `${line}/` }, keeping())
    await fetcher.fetch({ url: `${line}/`, mirrorOf: `${line}/lost` }, keeping())
    assert.deepEqual([first.seen[1], second.seen[2]], ['/ client', '/ nobody'])
  })

  it('is not left by a redirect, unless allowed', async (t) => {
    const site = await startTlsSite(t)
    const plain = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'hello')))
    const url = `https://127.0.0.1:${site.port}/to/${encodeURIComponent(`${plain.url}/`)}`
    const strict = await openedFetcher(t, { caCert: caCert() })
    assert.equal(await codeOf(strict.fetch({ url }, keeping())), 'REDIRECT_REFUSED')
    assert.equal(plain.connections, 0)
    const netrcFile = join(folder, 'netrc')
    writeFileSync(netrcFile, 'machine 127.0.0.1 login a password b')
    const headers = [['Authorization', 'Bearer canary']] as const
    const loose = await openedFetcher(t, { caCert: caCert(), allowDowngrade: true, headers, netrcFile })
    assert.equal((await loose.fetch({ url }, keeping())).bytes, 5)
    assert.doesNotMatch(plain.heads.join(), /authorization/i)
    const demanding = await openedFetcher(t, { caCert: caCert(), allowDowngrade: true, httpsOnly: true })
    assert.equal(await codeOf(demanding.fetch({ url }, keeping())), 'REDIRECT_REFUSED')
  })

  it('says which file is wrong before any request', async (t) => {
    const wrong = join(folder, 'wrong.pem')
    writeFileSync(wrong, '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n')
    for (const settings of [{ caCert: wrong }, { cert: wrong }, { caCert: join(folder, 'missing') }, { cert: client.certFile }]) {
      await assert.rejects(openedFetcher(t, settings), { name: 'RunError', code: 'ERR_OPTIONS' })
    }
  })
})

describe('HTTP/2', without, () => {
  it('carries many downloads over one connection', async (t) => {
    const sessions = new Set<unknown>()
    const url = await serve(t, (stream, path) => {
      sessions.add(stream.session)
      stream.respond({ ':status': 200, 'content-length': 5 + path.length })
      stream.end(`hello${path}`)
    })
    const fetcher = await fetcherFor(t)
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const kept = keeping()
        await fetcher.fetch({ url: `${url}/${n}` }, kept)
        assert.equal(kept.text(), `hello/${n}`)
      }),
    )
    assert.equal(sessions.size, 1)
  })

  it('waits for a receiver that is busy', async (t) => {
    const body = Buffer.alloc(300_000, 'x')
    const url = await serve(t, (stream) => {
      stream.respond({ ':status': 200 })
      stream.end(body)
    })
    const fetcher = await fetcherFor(t)
    let busy = false
    let bytes = 0
    const chunk = async (part: Uint8Array): Promise<void> => {
      assert.equal(busy, false)
      busy = true
      await new Promise(setImmediate)
      busy = false
      bytes += part.length
    }
    await fetcher.fetch({ url: `${url}/` }, { head: () => undefined, chunk })
    assert.equal(bytes, body.length)
  })

  it('does not take a short body for a whole one', async (t) => {
    const url = await serve(t, (stream) => {
      stream.respond({ ':status': 200, 'content-length': 1000 })
      stream.write('x'.repeat(500), () => stream.destroy())
    })
    const fetcher = await fetcherFor(t)
    assert.equal(await codeOf(fetcher.fetch({ url: `${url}/` }, keeping())), 'TRUNCATED')
  })

  it('tells a stream that ends before its answer', async (t) => {
    const url = await serve(t, (stream) => stream.close(8))
    const fetcher = await fetcherFor(t)
    assert.equal(await codeOf(fetcher.fetch({ url: `${url}/` }, keeping())), 'RESET')
  })

  it('stops at an abort without disturbing its neighbours', async (t) => {
    const url = await serve(t, (stream, path) => {
      stream.respond({ ':status': 200 })
      if (path === '/endless') stream.write('x')
      else stream.end('hello')
    })
    const fetcher = await fetcherFor(t)
    const stop = new AbortController()
    const endless = fetcher.fetch({ url: `${url}/endless` }, { head: () => undefined, chunk: () => stop.abort() }, stop.signal)
    const [code, others] = await Promise.all([
      codeOf(endless),
      Promise.all([1, 2, 3].map((n) => fetcher.fetch({ url: `${url}/${n}` }, keeping()))),
    ])
    assert.equal(code, 'STOPPED')
    assert.deepEqual(
      others.map(({ bytes }) => bytes),
      [5, 5, 5],
    )
  })
})

describe('Through a proxy', without, () => {
  for (const kind of ['http', 'socks5'] as const) {
    const start = (t: TestContext) => (kind === 'http' ? startHttpProxy(t) : startSocksProxy(t, 'me:my secret'))
    const login = 'me:my%20secret@'

    it(`${kind}: http, logged in to the proxy alone`, async (t) => {
      const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'hello')))
      const proxy = await start(t)
      const fetcher = await openedFetcher(t, { proxy: `${kind}://${login}127.0.0.1:${proxy.port}` })
      await fetcher.fetch({ url: `http://a.example:${server.port}/x?y` }, keeping())
      assert.deepEqual(proxy.logins, ['me:my secret'])
      if (kind === 'http')
        assert.match(proxy.asked[0] ?? '', new RegExp(`^GET http://a.example:${server.port}/x\\?y HTTP/1.1\r\nhost: a.example:`))
      else {
        assert.deepEqual(proxy.asked, [`name a.example:${server.port}`])
        assert.doesNotMatch(server.heads.join(), /proxy-/i)
      }
    })

    it(`${kind}: https, with the certificate of the server checked`, async (t) => {
      const site = await startTlsSite(t)
      const proxy = await start(t)
      const fetcher = await openedFetcher(t, { proxy: `${kind}://${login}127.0.0.1:${proxy.port}`, caCert: caCert() })
      assert.equal((await fetcher.fetch({ url: `https://a.example:${site.port}/` }, keeping())).bytes, 5)
      assert.equal(await codeOf(fetcher.fetch({ url: `https://b.example:${site.port}/` }, keeping())), 'TLS_FAILED')
      const trusting = await openedFetcher(t, { proxy: `${kind}://${login}127.0.0.1:${proxy.port}` })
      assert.equal(await codeOf(trusting.fetch({ url: `https://a.example:${site.port}/` }, keeping())), 'TLS_FAILED')
      assert.deepEqual(new Set(proxy.logins), new Set(['me:my secret']))
      assert.equal(site.seen.length, 1)
    })
  }

  it('a literal address goes to a SOCKS5 proxy as one', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'hello')))
    const proxy = await startSocksProxy(t)
    const fetcher = await openedFetcher(t, { proxy: `socks5://127.0.0.1:${proxy.port}` })
    await fetcher.fetch({ url: `http://127.0.0.1:${server.port}/` }, keeping())
    await fetcher.fetch({ url: `http://[::1]:${server.port}/` }, keeping())
    assert.deepEqual(proxy.asked, [`address 127.0.0.1:${server.port}`, `address 0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1:${server.port}`])
  })

  for (const [name, url] of [
    ['http', 'http://a.example/'],
    ['https', 'https://a.example/'],
  ] as const) {
    it(`${name}: a proxy that wants to know who asks, and one that is not there, are failures of the proxy`, async (t) => {
      const proxy = await startHttpProxy(t, 'HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n')
      const fetcher = await openedFetcher(t, { proxy: `http://127.0.0.1:${proxy.port}` })
      assert.equal(await codeOf(fetcher.fetch({ url }, keeping())), 'PROXY_FAILED')
      const nobody = await startRawServer(t, () => undefined)
      await nobody.close()
      const lost = await openedFetcher(t, { proxy: `http://secret:canary@127.0.0.1:${nobody.port}` })
      const { code, message } = await failureOf(lost.fetch({ url }, keeping()))
      assert.equal(code, 'PROXY_FAILED')
      assert.doesNotMatch(message, /canary/)
    })
  }

  it('a proxy that answers CONNECT without end is given up', async (t) => {
    const proxy = await startHttpProxy(t, `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(60_000)}`)
    const fetcher = await openedFetcher(t, { proxy: `http://127.0.0.1:${proxy.port}` })
    assert.equal(await codeOf(fetcher.fetch({ url: 'https://a.example/' }, keeping())), 'PROXY_FAILED')
    const silent = await startHttpProxy(t, 'HTTP/1.1 2')
    const patient = await openedFetcher(t, { proxy: `http://127.0.0.1:${silent.port}`, connectTimeout: 100 })
    assert.equal(await codeOf(patient.fetch({ url: 'https://a.example/' }, keeping())), 'TIMEOUT_CONNECT')
  })

  it('a SOCKS5 proxy that refuses, or wants another login, is a failure of the proxy', async (t) => {
    const refusing = await startSocksProxy(t, undefined, 2)
    const strict = await startSocksProxy(t, 'me:right')
    for (const proxy of [
      `socks5://127.0.0.1:${refusing.port}`,
      `socks5://me:wrong@127.0.0.1:${strict.port}`,
      `socks5://127.0.0.1:${strict.port}`,
    ]) {
      const fetcher = await openedFetcher(t, { proxy })
      assert.equal(await codeOf(fetcher.fetch({ url: 'http://a.example/' }, keeping())), 'PROXY_FAILED')
    }
  })

  it('goes what no_proxy does not name', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'hello')))
    const proxy = await startHttpProxy(t)
    const noProxy = `b.example, .c.example 10.0.0.0/8,d.example:1,e.example:${server.port} ::1`
    const fetcher = await openedFetcher(t, { proxy: `http://127.0.0.1:${proxy.port}`, noProxy }, { lookup: lookupHere })
    const asked: string[] = []
    for (const host of [
      'a.example',
      'b.example',
      'x.b.example',
      'xb.example',
      'c.example',
      'x.c.example',
      'd.example',
      'e.example',
    ]) {
      await fetcher.fetch({ url: `http://${host}:${server.port}/` }, keeping())
      // A proxy is told the whole URL, and this one passes it on.
      if (server.heads.at(-1)?.startsWith('GET http://') === true) asked.push(host)
    }
    assert.deepEqual(asked, ['a.example', 'xb.example', 'd.example'])
  })

  for (const proxy of ['127.0.0.1:1', 'ftp://127.0.0.1', 'http://', 'http://u:canary@[/']) {
    it(`'${proxy}' is refused as a proxy`, async (t) => {
      await assert.rejects(openedFetcher(t, { proxy }), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'ERR_OPTIONS')
        assert.doesNotMatch(error.message, /canary/)
        return true
      })
    })
  }
})
