import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { startFlagServer } from 'halyard/flag-server'
import { ask, headerValues } from '../../support/raw-client.js'

test('extra headers come after the others, as many and as large as asked', async () => {
  await using server = await startFlagServer()
  const heard = await ask(server.url, '/bytes/1?extra-headers=3&extra-header-size=4')
  assert.match(heard.text, /\r\nConnection: close\r\nX-Fill-1: xxxx\r\nX-Fill-2: xxxx\r\nX-Fill-3: xxxx\r\n\r\n[^]$/)
  const many = await ask(server.url, '/bytes/1?extra-headers=10000')
  assert.equal(many.head.split('\r\n').filter((line) => /^X-Fill-\d+: x{10}$/.test(line)).length, 10_000)
  const large = await ask(server.url, '/bytes/1?extra-headers=1&extra-header-size=1M')
  assert.equal(headerValues(large, 'X-Fill-1')[0]?.length, 1024 ** 2)
})

test('1xx answers come before the answer', async () => {
  await using server = await startFlagServer()
  const { text } = await ask(server.url, '/bytes/1?interim=2&interim-status=103')
  assert.match(text, /^HTTP\/1\.1 103 Early Hints\r\n\r\nHTTP\/1\.1 103 Early Hints\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
  assert.match((await ask(server.url, '/bytes/1?interim=1')).text, /^HTTP\/1\.1 102 Processing\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
})

for (const [what, more] of [
  ['headers', /^HTTP\/1\.1 200 OK\r\n[^]*\r\nX-Fill-(\d+): x+\r\n/],
  ['interim', /^(?:HTTP\/1\.1 102 Processing\r\n\r\n)+/],
  ['body', /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n4000\r\n[^]{16384}\r\n4000\r\n/],
] as const) {
  test(`endless ${what} go on until the client has had enough`, async () => {
    await using server = await startFlagServer()
    const { text } = await ask(server.url, `/bytes/1?endless=${what}`, { until: (heard) => heard.length > 2_000_000 })
    assert.match(text, more)
    if (what === 'headers') assert.doesNotMatch(text, /\r\n\r\n/)
    assert.equal((await server.log.waitFor(({ duration }) => duration !== undefined)).outcome, 'client-closed')
  })
}

test('an endless body may come without chunks, and dripping', async () => {
  await using server = await startFlagServer()
  const { text } = await ask(server.url, '/x?endless=body&framing=close&drip=100', {
    until: (heard) => /\r\n\r\n[^]{20}/.test(heard),
  })
  assert.doesNotMatch(text, /Content-Length|Transfer-Encoding/)
})

for (const what of ['headers', 'interim', 'body']) {
  test(`endless ${what} wait for a client that does not read`, async () => {
    await using server = await startFlagServer()
    const socket = connect(server.port, server.host, () => socket.write(`GET /x?endless=${what} HTTP/1.1\r\n\r\n`)).pause()
    await server.log.waitFor(({ n }) => n === 1)
    // Time enough to send hundreds of megabytes.
    await setTimeout(100)
    socket.destroy()
    const { bytesSent } = await server.log.waitFor(({ outcome }) => outcome === 'client-closed')
    assert.ok(bytesSent < 20_000_000, `${bytesSent} bytes`)
  })
}
