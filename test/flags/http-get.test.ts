import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { answer, startRawServer } from '../support/raw-server.js'

const { httpGet } = (await import(
  new URL('../../../dist/flags/http-get.js', import.meta.url).href
)) as typeof import('../../src/flags/http-get.js')
const { HttpStatusError, HttpTransportError } = (await import(
  new URL('../../../dist/flags/http-errors.js', import.meta.url).href
)) as typeof import('../../src/flags/http-errors.js')
type TransportCode = import('../../src/flags/http-errors.js').HttpTransportErrorCode

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** Rejects with a transport error that has this code, this address and words like these. */
async function assertTransportError(got: Promise<unknown>, code: TransportCode, words: RegExp): Promise<void> {
  await assert.rejects(got, (error) => {
    assert.ok(error instanceof HttpTransportError, String(error))
    assert.equal(error.code, code)
    assert.equal(error.name, 'HttpTransportError')
    assert.match(error.message, words)
    return true
  })
}

test('the body of a 200 answer is returned byte for byte', async (t) => {
  const body = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i)).repeat(300)
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', body)))
  assert.equal(text(await httpGet(server.url)), body)
})

test('a chunked body is put together', async (t) => {
  const server = await startRawServer(t, ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nfla\r\n2\r\ngs\r\n0\r\n\r\n')
  })
  assert.equal(text(await httpGet(server.url)), 'flags')
})

test('an empty body is a body', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK')))
  assert.equal((await httpGet(server.url)).byteLength, 0)
})

test('the request asks for the bytes as they are, and for nothing else', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK')))
  await httpGet(`${server.url}/flags/br/br.gif?x=1`)
  assert.match(server.heads[0]!, /^GET \/flags\/br\/br\.gif\?x=1 HTTP\/1\.1\r\n/)
  assert.match(server.heads[0]!, /accept-encoding: identity/i)
  assert.match(server.heads[0]!, /user-agent: halyard/i)
})

test('a second request uses the connection of the first', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'flag')))
  await httpGet(server.url)
  await httpGet(server.url)
  assert.equal(server.connections, 1)
})

test('a request after a 404 uses its connection', async (t) => {
  const server = await startRawServer(t, ({ socket, path }) => {
    socket.write(path === '/xx' ? answer('404 Not Found', 'no such flag') : answer('200 OK', 'flag'))
  })
  await assert.rejects(httpGet(`${server.url}/xx`))
  await httpGet(server.url)
  assert.equal(server.connections, 1)
})

test('a kept connection that the server closes under a new request is replaced', async (t) => {
  const server = await startRawServer(t, ({ socket, connection, request }) => {
    if (connection === 1 && request === 2) socket.destroy()
    else socket.write(answer('200 OK', `answer of connection ${connection}`))
  })
  assert.equal(text(await httpGet(server.url)), 'answer of connection 1')
  assert.equal(text(await httpGet(server.url)), 'answer of connection 2')
})

test('a fresh connection that the server closes is an error, not asked again', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.destroy())
  await assertTransportError(httpGet(server.url), 'ERR_HTTP_CONNECTION', /socket hang up/)
  assert.equal(server.heads.length, 1)
})

for (const status of ['404 Not Found', "418 I'm a Teapot", '500 Oops', '204 No Content', '206 Partial Content']) {
  test(`the status ${status} is an error with status, words and address`, async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(answer(status, status.startsWith('204') ? '' : 'body')))
    await assert.rejects(httpGet(`${server.url}/a`), (error) => {
      assert.ok(error instanceof HttpStatusError)
      assert.equal(error.code, 'ERR_HTTP_STATUS')
      assert.equal(`${error.status} ${error.statusText}`, status)
      assert.equal(error.url, `${server.url}/a`)
      assert.equal(error.message, `HTTP error ${error.status} - ${error.statusText}: ${server.url}/a`)
      return true
    })
  })
}

test('an error status with an endless body is reported at once', async (t) => {
  const server = await startRawServer(t, ({ socket }) => {
    socket.write('HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')
  })
  await assert.rejects(httpGet(server.url), HttpStatusError)
})

test('an error status with a body that is cut is still that status', async (t) => {
  const server = await startRawServer(t, ({ socket }) =>
    socket.end(answer('404 Not Found', 'short', { 'Content-Length': '100' })),
  )
  await assert.rejects(httpGet(server.url), HttpStatusError)
})

for (const status of [301, 302, 303, 307, 308]) {
  test(`a redirect with status ${status} is followed`, async (t) => {
    const server = await startRawServer(t, ({ socket, path }) => {
      socket.write(path === '/new/b' ? answer('200 OK', 'flag') : answer(`${status} Moved`, 'moved', { Location: '../new/b' }))
    })
    assert.equal(text(await httpGet(`${server.url}/old/a`)), 'flag')
  })
}

test('the address in an error is the one that answered, after redirects', async (t) => {
  const server = await startRawServer(t, ({ socket, path }) => {
    socket.write(path === '/b' ? answer('404 Not Found') : answer('302 Found', '', { Location: '/b' }))
  })
  await assert.rejects(httpGet(`${server.url}/a`), { name: 'HttpStatusError', url: `${server.url}/b` })
})

test('redirects that never end are given up after ten', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('302 Found', '', { Location: '/again' })))
  await assertTransportError(httpGet(server.url), 'ERR_HTTP_REDIRECT', /more than 10 redirects/)
  assert.equal(server.heads.length, 11)
})

for (const location of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'http://[bad', 'data:text/plain,x']) {
  test(`a redirect to ${location} is refused`, async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(answer('302 Found', '', { Location: location })))
    await assertTransportError(httpGet(server.url), 'ERR_HTTP_REDIRECT', /redirect to '.+' refused/)
  })
}

test('a redirect without a location is an error status', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('302 Found')))
  await assert.rejects(httpGet(server.url), { name: 'HttpStatusError', status: 302 })
})

test('a user name and password stay with the host they were given for', async (t) => {
  const other = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'flag')))
  const first = await startRawServer(t, ({ socket }) => socket.write(answer('302 Found', '', { Location: `${other.url}/b` })))
  await httpGet(`http://user:secret@127.0.0.1:${first.port}/a`)
  assert.match(first.heads[0]!, /authorization: Basic/i)
  assert.doesNotMatch(other.heads[0]!, /authorization/i)
})

test('a password appears in no error', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('500 Oops')))
  await assert.rejects(httpGet(`http://user:secret@127.0.0.1:${server.port}/`), (error: Error) => {
    assert.doesNotMatch(inspect(error), /secret/)
    return true
  })
})

test('a body shorter than its length is an error', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.end(answer('200 OK', 'half', { 'Content-Length': '8' })))
  await assertTransportError(httpGet(server.url), 'ERR_HTTP_TRUNCATED', /ended after 4 bytes, before 8 bytes/)
})

test('a chunked body without its last chunk is an error', async (t) => {
  const server = await startRawServer(t, ({ socket }) => {
    socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nhalf\r\n')
  })
  await assertTransportError(httpGet(server.url), 'ERR_HTTP_TRUNCATED', /ended after 4 bytes, before the last chunk/)
})

test('a body whose end cannot be told is an error', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.end('HTTP/1.1 200 OK\r\n\r\nperhaps all of it'))
  await assertTransportError(httpGet(server.url), 'ERR_HTTP_TRUNCATED', /neither a length nor chunks/)
})

test('a connection reset in the body is an error', async (t) => {
  const server = await startRawServer(t, ({ socket }) => {
    socket.write(answer('200 OK', 'half', { 'Content-Length': '8' }), () => socket.resetAndDestroy())
  })
  await assertTransportError(httpGet(server.url), 'ERR_HTTP_TRUNCATED', /before 8 bytes/)
})

test('bytes after the announced length are not part of the body', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.end(answer('200 OK', 'flagEXTRA', { 'Content-Length': '4' })))
  assert.equal(text(await httpGet(server.url)), 'flag')
})

test('a body beyond the largest size is an error', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'x'.repeat(101))))
  await assertTransportError(httpGet(server.url, { maxBytes: 100 }), 'ERR_HTTP_TOO_LARGE', /more than 100 bytes/)
  assert.equal((await httpGet(server.url, { maxBytes: 101 })).byteLength, 101)
})

test('an endless body is given up at the largest size', async (t) => {
  const server = await startRawServer(t, ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    const more = (): void => {
      while (!socket.destroyed && socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`));
    }
    socket.on('drain', more)
    more()
  })
  await assertTransportError(httpGet(server.url, { maxBytes: 1_000_000 }), 'ERR_HTTP_TOO_LARGE', /more than 1000000 bytes/)
})

test('a compressed body that nobody asked for is an error', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'zzz', { 'Content-Encoding': 'gzip' })))
  await assertTransportError(httpGet(server.url), 'ERR_HTTP_ENCODING', /content-encoding 'gzip'/)
})

test('a server that says nothing is given up after the timeout', async (t) => {
  const server = await startRawServer(t, () => {})
  await assertTransportError(httpGet(server.url, { timeout: 50 }), 'ERR_HTTP_TIMEOUT', /no whole answer within 0\.05 s/)
})

test('a server that drips its body is given up after the same timeout', async (t) => {
  const server = await startRawServer(t, ({ socket }) => {
    socket.write(answer('200 OK', 'x', { 'Content-Length': '1000' }))
    const drip = setInterval(() => socket.write('x'), 10)
    socket.on('close', () => clearInterval(drip))
  })
  await assertTransportError(httpGet(server.url, { timeout: 100 }), 'ERR_HTTP_TIMEOUT', /within 0\.1 s/)
})

test('a server that sends 100 Continue for ever is given up after the timeout', async (t) => {
  const server = await startRawServer(t, ({ socket }) => {
    const drip = setInterval(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 10)
    socket.on('close', () => clearInterval(drip))
  })
  await assertTransportError(httpGet(server.url, { timeout: 100 }), 'ERR_HTTP_TIMEOUT', /within 0\.1 s/)
})

test('a signal ends the request with its reason and closes the connection', async (t) => {
  const events = new EventEmitter()
  const server = await startRawServer(t, ({ socket }) => {
    socket.on('close', () => events.emit('closed'))
    events.emit('asked')
  })
  const [asked, closed] = [once(events, 'asked'), once(events, 'closed')]
  const controller = new AbortController()
  const rejected = assert.rejects(httpGet(server.url, { signal: controller.signal }), /enough/)
  await asked
  controller.abort(new Error('enough'))
  await rejected
  await closed
})

test('a signal that is aborted already sends nothing', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK')))
  await assert.rejects(httpGet(server.url, { signal: AbortSignal.abort(new Error('never mind')) }), /never mind/)
  assert.equal(server.connections, 0)
})

test('a port where nobody listens is a connection error that says so', async () => {
  const port = await freePort()
  await assertTransportError(
    httpGet(`http://127.0.0.1:${port}/`),
    'ERR_HTTP_CONNECTION',
    new RegExp(`ECONNREFUSED.*: http://127.0.0.1:${port}/$`),
  )
})

test('an https address of a server that does not speak it is a connection error', async (t) => {
  const server = await startRawServer(t, () => {})
  const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await new Promise<void>((resolve) => {
    plain.listen(0, '127.0.0.1', resolve)
  })
  t.after(() => plain.close())
  const { port } = plain.address() as AddressInfo
  await assertTransportError(httpGet(`https://127.0.0.1:${port}/`), 'ERR_HTTP_CONNECTION', /https:\/\/127\.0\.0\.1/)
  assert.equal(server.connections, 0)
})

for (const url of ['nonsense', 'ftp://example.com/x', 'file:///etc/passwd', '', '//example.com/x']) {
  test(`'${url}' is no address to download`, async () => {
    await assertTransportError(httpGet(url), 'ERR_HTTP_URL', /not an http or https address/)
  })
}

test('an answer that is not HTTP is a connection error', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.end('220 ftp.example.com ready\r\n'))
  await assertTransportError(httpGet(server.url), 'ERR_HTTP_CONNECTION', /Parse Error/)
})

test('an answer with two lengths is refused', async (t) => {
  const server = await startRawServer(t, ({ socket }) => {
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 8\r\n\r\nflagflag')
  })
  await assertTransportError(httpGet(server.url), 'ERR_HTTP_CONNECTION', /Parse Error/)
})

test('headers without end are refused', async (t) => {
  const server = await startRawServer(t, ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const more = (): void => {
      while (!socket.destroyed && socket.write(`x-header: ${'x'.repeat(1000)}\r\n`));
    }
    socket.on('drain', more)
    more()
  })
  await assertTransportError(httpGet(server.url), 'ERR_HTTP_CONNECTION', /Header overflow/i)
})

test('control characters in the words of a status do not reach the error', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('500 \u009b31mred\u0085')))
  await assert.rejects(httpGet(server.url), { statusText: '?31mred?' })
})

test('a redirect from https to http is refused, and http is not asked', async (t) => {
  const plain = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'flag')))
  const secure = createHttpsServer({ key: tls('key'), cert: tls('cert') }, (request, response) => {
    if (request.url === '/flag') response.end('flag')
    else response.writeHead(302, { Location: request.url === '/down' ? `${plain.url}/flag` : '/flag' }).end()
  })
  await new Promise<void>((resolve) => {
    secure.listen(0, '127.0.0.1', resolve)
  })
  t.after(() => secure.close().closeAllConnections())
  trustEveryCertificate(t)
  const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`
  assert.equal(text(await httpGet(`${url}/flag`)), 'flag')
  assert.equal(text(await httpGet(`${url}/within`)), 'flag')
  await assertTransportError(httpGet(`${url}/down`), 'ERR_HTTP_REDIRECT', /redirect to 'http:.*' refused: https:/)
  assert.equal(plain.connections, 0)
})

const tls = (name: string): Buffer => readFileSync(new URL(`../../../test/fixtures/tls/${name}.pem`, import.meta.url))

/** The certificate of the test's server is signed by nobody. */
function trustEveryCertificate(t: { after(undo: () => void): void }): void {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  t.after(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return port
}
