import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { FlagServerError, startFlagServer } from 'halyard/flag-server'
import { ask, headerValues, say } from '../support/raw-client.js'

const keepAlive = { headers: [] as string[] }
const whole = (text: string): boolean =>
  /Content-Length: (\d+)\r\n[^]*?\r\n\r\n([^]*)/.exec(text)?.[2]?.length === Number(/Content-Length: (\d+)/.exec(text)?.[1])

test('a flag is served as a GIF under the path of the book', async () => {
  await using server = await startFlagServer()
  const response = await fetch(`${server.flagsUrl}/br/br.gif`)
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'image/gif')
  const image = Buffer.from(await response.arrayBuffer())
  assert.equal(image.subarray(0, 6).toString(), 'GIF89a')
  assert.equal(image.readUInt16LE(6), 320)
})

test('metadata is served beside the flag', async () => {
  await using server = await startFlagServer()
  const response = await fetch(`${server.flagsUrl}/ad/metadata.json`)
  assert.equal(response.headers.get('content-type'), 'application/json')
  assert.equal(await response.text(), '{"tld_cc": ".ad", "iso_cc": "AD", "country": "Andorra", "gec_cc": "AN"}\n')
})

for (const path of [
  '/',
  '/flags/xx/xx.gif',
  '/flags/br/fr.gif',
  '/flags/BR/BR.gif',
  '/flags/br/br.gif/',
  '/flags/../NOTICE',
  '/flags/br/..%2fNOTICE',
  '/n/-1.bin',
  '/n/1',
]) {
  test(`nothing is served at ${path}`, async () => {
    await using server = await startFlagServer()
    const heard = await ask(server.url, path)
    assert.equal(heard.status, 404)
    assert.equal(heard.body, `Nothing is served at ${path}.\n`)
  })
}

test('HEAD has the headers of GET and no body', async () => {
  await using server = await startFlagServer({ now: () => 0 })
  const get = await ask(server.url, '/flags/br/br.gif')
  const head = await ask(server.url, '/flags/br/br.gif', { method: 'HEAD' })
  assert.equal(head.head, get.head)
  assert.equal(head.body, '')
  assert.deepEqual(headerValues(head, 'Content-Length'), [String(get.body.length)])
})

test('a method other than GET and HEAD is answered with 405 and what is allowed', async () => {
  await using server = await startFlagServer()
  const heard = await ask(server.url, '/flags/br/br.gif', { method: 'DELETE' })
  assert.equal(heard.status, 405)
  assert.deepEqual(headerValues(heard, 'Allow'), ['GET, HEAD'])
})

test('one connection serves many requests, one after the other', async () => {
  await using server = await startFlagServer()
  const socket = connect(server.port, server.host)
  socket.setEncoding('latin1')
  for (const cc of ['br', 'fr', 'jp']) {
    socket.write(`GET /flags/${cc}/${cc}.gif HTTP/1.1\r\nHost: x\r\n\r\n`)
    let text = ''
    while (!whole(text)) text += String((await once(socket, 'data'))[0])
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/)
    assert.match(text, /\r\nConnection: keep-alive\r\n/)
  }
  socket.destroy()
  assert.equal(server.log.connections, 1)
  assert.deepEqual(
    server.log.records.map((record) => [record.n, record.connection, record.path]),
    [
      [1, 1, '/flags/br/br.gif'],
      [2, 1, '/flags/fr/fr.gif'],
      [3, 1, '/flags/jp/jp.gif'],
    ],
  )
})

test('requests sent ahead of their answers are answered in order', async () => {
  await using server = await startFlagServer()
  const requests = ['/n/1.bin?size=1', '/n/2.bin?size=2', '/n/3.bin?size=3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n`)
  const { text } = await say(server.url, requests.join('\r\n').concat('Connection: close\r\n\r\n'))
  assert.deepEqual(
    [...text.matchAll(/Content-Length: (\d)/g)].map((match) => match[1]),
    ['1', '2', '3'],
  )
  assert.equal(server.log.connections, 1)
})

test('a request may arrive in pieces of one byte', async () => {
  await using server = await startFlagServer()
  const socket = connect({ port: server.port, host: server.host, noDelay: true })
  socket.setEncoding('latin1')
  for (const byte of 'GET /bytes/3 HTTP/1.1\r\nConnection: close\r\n\r\n') {
    socket.write(byte)
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
  }
  let text = ''
  for await (const piece of socket) text += String(piece)
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n/)
})

test('the body of a request is skipped, and the next request found behind it', async () => {
  await using server = await startFlagServer()
  const post = 'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nGET /'
  const { text } = await say(server.url, `${post}GET /bytes/1 HTTP/1.1\r\nConnection: close\r\n\r\n`)
  assert.deepEqual(
    server.log.records.map(({ method, path }) => `${method} ${path}`),
    ['POST /', 'GET /bytes/1'],
  )
  assert.deepEqual(
    [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map((match) => match[1]),
    ['405', '200'],
  )
})

test('HTTP/1.0 closes unless the client asks for keep-alive', async () => {
  await using server = await startFlagServer()
  const plain = await ask(server.url, '/bytes/1', { version: '1.0', ...keepAlive })
  assert.deepEqual([plain.ended, headerValues(plain, 'Connection')], ['fin', ['close']])
  const kept = await ask(server.url, '/bytes/1', { version: '1.0', headers: ['Connection: keep-alive'], until: whole })
  assert.deepEqual([kept.ended, headerValues(kept, 'Connection')], ['open', ['keep-alive']])
})

test('a whole URL in the request line, as for a proxy, is served by its path', async () => {
  await using server = await startFlagServer()
  const heard = await ask(server.url, 'http://example.org/flags/br/br.gif?etag=none')
  assert.equal(heard.status, 200)
  assert.equal(server.log.records[0]?.path, '/flags/br/br.gif')
  assert.equal(server.log.records[0]?.url, 'http://example.org/flags/br/br.gif?etag=none')
})

for (const [what, bytes, status] of [
  ['no request line', 'hello\r\n\r\n', 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['a space in the URL', 'GET /a b HTTP/1.1\r\n\r\n', 400],
  ['a header without a colon', 'GET / HTTP/1.1\r\nHost\r\n\r\n', 400],
  ['a body of unknown length', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 411],
  ['a body of nonsense length', 'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', 400],
  ['a head without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(70_000)}`, 431],
] as const) {
  test(`${what} is answered with ${status} and the end of the connection`, async () => {
    await using server = await startFlagServer()
    const heard = await say(server.url, bytes)
    assert.equal(heard.status, status)
    assert.notEqual(heard.ended, 'open')
    assert.deepEqual([server.log.total, server.log.unreadable], [0, 1])
  })
}

test('files of one’s own are served, texts as text and bytes as bytes', async () => {
  await using server = await startFlagServer({ files: { '/robots.txt': 'User-agent: *\n', '/blob': Uint8Array.of(0, 255) } })
  const text = await ask(server.url, '/robots.txt')
  assert.deepEqual(
    [text.status, headerValues(text, 'Content-Type'), text.body],
    [200, ['text/plain; charset=utf-8'], 'User-agent: *\n'],
  )
  const blob = await ask(server.url, '/blob')
  assert.deepEqual([headerValues(blob, 'Content-Type'), blob.body], [['application/octet-stream'], '\x00\xff'])
  assert.equal((await ask(server.url, '/constructor')).status, 404)
})

test('faultsFor gives each request faults of its own, over the server’s and under the query’s', async () => {
  await using server = await startFlagServer({
    type: 'of/server',
    status: 500,
    faultsFor: ({ headers }) => (headers['x-status'] === undefined ? undefined : { status: headers['x-status'] }),
  })
  const asking = { headers: ['X-Status: 404', 'Connection: close'] }
  assert.equal((await ask(server.url, '/bytes/1')).status, 500)
  assert.equal((await ask(server.url, '/bytes/1', asking)).status, 404)
  const heard = await ask(server.url, '/bytes/1?status=410', asking)
  assert.deepEqual([heard.status, headerValues(heard, 'Content-Type')], [410, ['of/server']])
})

test('an error in faultsFor is answered with 500 and its message, and the server goes on', async () => {
  await using server = await startFlagServer({
    faultsFor: ({ path }) => {
      if (path === '/bytes/1') throw new Error('no idea')
      return undefined
    },
  })
  const heard = await ask(server.url, '/bytes/1')
  assert.deepEqual([heard.status, heard.body], [500, 'no idea\n'])
  assert.equal((await ask(server.url, '/bytes/2')).status, 200)
})

test('a port that is taken is an error that names it', async () => {
  await using server = await startFlagServer()
  await assert.rejects(startFlagServer({ port: server.port }), (error: FlagServerError) => {
    assert.equal(error.code, 'ERR_FLAG_SERVER_LISTEN')
    assert.match(error.message, new RegExp(`port ${server.port}: .*EADDRINUSE.*Choose another port`))
    assert.equal((error.cause as NodeJS.ErrnoException).code, 'EADDRINUSE')
    return true
  })
})

test('a port that cannot be is an error too', async () => {
  await assert.rejects(startFlagServer({ port: 70_000 }), { code: 'ERR_FLAG_SERVER_LISTEN' })
})

test('a log that keeps nothing is refused', async () => {
  await assert.rejects(startFlagServer({ keep: 0 }), { code: 'ERR_FLAG_SERVER_OPTION', message: /`keep`.*from 1 up; got 0/ })
})

test('the address says where the server listens', async () => {
  await using server = await startFlagServer({ host: '::1' })
  assert.equal(server.url, `http://[::1]:${server.port}`)
  assert.equal(server.flagsUrl, `${server.url}/flags`)
  assert.equal((await fetch(`${server.flagsUrl}/br/br.gif`)).status, 200)
})

test('close ends idle, waiting, silent and sending connections at once, and twice does no harm', async () => {
  const server = await startFlagServer()
  const idle = connect(server.port, server.host)
  const targets = ['/bytes/1?delay=1000', '/bytes/1?silence=after-headers', '/x?endless=body', '/bytes/100?drip=1']
  const asked = targets.map((target) => ask(server.url, target))
  await once(idle, 'connect')
  await server.log.waitFor(({ outcome }) => outcome === 'silent')
  await server.log.waitFor(({ n }) => n === targets.length)
  await Promise.all([server.close(), server.close()])
  await Promise.all(asked)
  idle.destroy()
  assert.equal(server.log.inFlight, 0)
  assert.deepEqual(new Set(server.log.records.map(({ outcome }) => outcome)), new Set(['server-closed', 'silent']))
  await assert.rejects(fetch(server.url))
})

test('a program with a closed server ends by itself, whatever was under way', () => {
  const program = `
    import { startFlagServer } from 'halyard/flag-server'
    const server = await startFlagServer()
    for (const query of ['delay=100', 'silence=before-headers', 'drip=1']) fetch(server.flagsUrl + '/br/br.gif?' + query).then((r) => r.text()).catch(() => {})
    await server.log.waitFor(({ n }) => n === 3)
    await server.close()
    console.log('closed')`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 10_000,
  })
  assert.deepEqual([status, stdout, stderr], [0, 'closed\n', ''])
})

test('a client that leaves, at any moment, does no harm and is noted', async () => {
  await using server = await startFlagServer()
  const targets = ['/x?endless=body', '/x?endless=headers', '/x?endless=interim', '/bytes/1000?drip=1', '/x?bomb=1T']
  for (const target of targets) await ask(server.url, target, { until: (text) => text.length > 0 })
  const socket = connect(server.port, server.host, () => socket.write('GET /bytes/2?delay=1000 HTTP/1.1\r\n\r\n'))
  await server.log.waitFor(({ path }) => path === '/bytes/2')
  socket.resetAndDestroy()
  for (const target of targets) await server.log.waitFor((record) => record.url === target && record.outcome === 'client-closed')
  await server.log.waitFor((record) => record.path === '/bytes/2' && record.outcome === 'client-closed')
  assert.equal(server.log.inFlight, 0)
  assert.equal((await ask(server.url, '/bytes/1')).status, 200)
})

test('lines tell the delay, the error and the client that left, as the book’s slow server does', async () => {
  const lines: string[] = []
  await using server = await startFlagServer({ onLine: (line) => lines.push(line) })
  await ask(server.url, '/flags/br/br.gif?delay=0.01&status=418')
  await ask(server.url, '/a%0Ab\x1b[31m')
  const socket = connect(server.port, server.host, () => socket.write('GET /flags/cn/cn.gif?delay=500 HTTP/1.1\r\n\r\n'))
  await server.log.waitFor(({ path }) => path.includes('cn'))
  socket.destroy()
  await server.log.waitFor(({ outcome }) => outcome === 'client-closed')
  assert.deepEqual(lines, [
    'BR delay: 0.01s',
    "BR 418 I'm a Teapot",
    '/a%0Ab?[31m 404 Not Found',
    'CN delay: 500.00s',
    'CN *** client closed',
  ])
})
