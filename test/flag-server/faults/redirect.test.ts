import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { ask, headerValues } from '../../support/raw-client.js'

/** Follows Location on the same server, so many times at most. */
async function follow(url: string, target: string, most = 10): Promise<{ targets: string[]; status: number }> {
  const targets = [target]
  for (;;) {
    const heard = await ask(url, targets.at(-1) ?? '')
    const [location] = headerValues(heard, 'Location')
    if (location === undefined || targets.length > most) return { targets, status: heard.status }
    targets.push(location)
  }
}

test('a chain of redirects counts down and keeps all other parameters as they were spelled', async () => {
  await using server = await startFlagServer()
  assert.deepEqual(await follow(server.url, '/flags/br/br.gif?type=a%2Fb&redirect=2&etag=none'), {
    targets: [
      '/flags/br/br.gif?type=a%2Fb&redirect=2&etag=none',
      '/flags/br/br.gif?type=a%2Fb&etag=none&redirect=1',
      '/flags/br/br.gif?type=a%2Fb&etag=none&redirect=0',
    ],
    status: 200,
  })
})

test('a chain that the server asks for ends as well', async () => {
  await using server = await startFlagServer({ redirect: 2 })
  const { targets, status } = await follow(server.url, '/bytes/1')
  assert.deepEqual([targets, status], [['/bytes/1', '/bytes/1?redirect=1', '/bytes/1?redirect=0'], 200])
})

test('a loop leads to the same URL, an endless chain to ever others', async () => {
  await using server = await startFlagServer()
  assert.deepEqual(new Set((await follow(server.url, '/bytes/1?redirect=loop')).targets), new Set(['/bytes/1?redirect=loop']))
  const { targets } = await follow(server.url, '/bytes/1?redirect=endless', 20)
  assert.equal(new Set(targets).size, 21)
})

for (const status of [300, 301, 302, 303, 307, 308]) {
  test(`a redirect may have status ${status}`, async () => {
    await using server = await startFlagServer()
    assert.equal((await ask(server.url, `/bytes/1?redirect=1&redirect-status=${status}`)).status, status)
  })
}

test('a redirect may lead to another scheme, host or port, and fetch follows it there', async () => {
  await using other = await startFlagServer()
  await using server = await startFlagServer()
  const response = await fetch(`${server.flagsUrl}/br/br.gif?redirect=1&redirect-to=${encodeURIComponent(other.url)}`)
  assert.deepEqual([response.status, response.redirected], [200, true])
  assert.deepEqual(
    [server.log.total, other.log.records.map(({ url }) => url.replace(/redirect-to=[^&]*&/, ''))],
    [1, ['/flags/br/br.gif?redirect=0']],
  )
})

for (const location of [
  'file:///etc/passwd',
  '//evil.example/x',
  '',
  'a b\tc',
  '/x\r\nX-Injected: yes',
  'http://u:p@127.0.0.1:1/%00',
  '\xff\xfe',
]) {
  test(`Location may be ${JSON.stringify(location)}, byte for byte`, async () => {
    await using server = await startFlagServer()
    const encoded = [...Buffer.from(location, 'latin1')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
    const { text, status } = await ask(server.url, `/bytes/1?location=${encoded}`)
    assert.equal(status, 302)
    assert.ok(text.includes(`\r\nLocation: ${location}\r\nContent-Type: text/plain`))
  })
}

test('failures wait for the end of the chain; pace and floods of headers do not', async () => {
  await using server = await startFlagServer()
  const query = 'redirect=1&status=500&cut=1&length=twice&delay=0.002&interim=1&extra-headers=2&header=X-A:b'
  const hop = await ask(server.url, `/bytes/1?${query}`)
  assert.match(hop.text, /^HTTP\/1\.1 102 Processing\r\n\r\nHTTP\/1\.1 302 Found\r\n/)
  assert.deepEqual(
    [hop.body, headerValues(hop, 'Content-Length'), headerValues(hop, 'X-A'), headerValues(hop, 'X-Fill-2').length],
    ['302 Found\n', ['10'], ['b'], 1],
  )
  assert.equal(server.log.records[0]?.delay, 2)
  const end = await ask(server.url, headerValues(hop, 'Location')[0] ?? '')
  assert.deepEqual([end.status, end.body.length], [500, 1])
})
