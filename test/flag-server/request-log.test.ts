import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { ask } from '../support/raw-client.js'

test('a record says what was asked, by whom, and what became of it', async () => {
  let time = 1000
  await using server = await startFlagServer({ now: () => time++ })
  const heard = await ask(server.url, '/flags/br/br.gif?etag=none', { headers: ['X-Two: a', 'x-two: b', 'Connection: close'] })
  const record = await server.log.waitFor(({ outcome }) => outcome === 'complete')
  assert.equal(typeof record.remotePort, 'number')
  assert.deepEqual(
    { ...record, remotePort: 0, duration: 0 },
    {
      n: 1,
      time: 1000,
      method: 'GET',
      url: '/flags/br/br.gif?etag=none',
      path: '/flags/br/br.gif',
      httpVersion: '1.1',
      headers: { __proto__: null, host: new URL(server.url).host, 'x-two': 'a, b', connection: 'close' },
      rawHeaders: [
        ['Host', new URL(server.url).host],
        ['X-Two', 'a'],
        ['x-two', 'b'],
        ['Connection', 'close'],
      ],
      connection: 1,
      remotePort: 0,
      delay: 0,
      status: 200,
      bytesSent: heard.text.length,
      outcome: 'complete',
      duration: 0,
    },
  )
  assert.ok((record.duration ?? 0) > 0)
})

test('the newest records are kept, in order, and the counts are exact', async () => {
  await using server = await startFlagServer({ keep: 3 })
  for (let n = 1; n <= 5; n += 1) await ask(server.url, n === 4 ? '/none' : `/bytes/${n}`)
  await server.log.waitFor(({ n, outcome }) => n === 5 && outcome === 'complete')
  assert.deepEqual(
    server.log.records.map(({ n }) => n),
    [3, 4, 5],
  )
  assert.deepEqual([server.log.total, server.log.ended(), server.log.ended('complete'), server.log.ended('cut')], [5, 5, 5, 0])
  assert.deepEqual([server.log.answered(200), server.log.answered(404), server.log.answered(500)], [4, 1, 0])
  assert.equal(server.log.connections, 5)
})

test('clear starts records and counts again while numbers go on', async () => {
  await using server = await startFlagServer({ keep: 3 })
  for (let n = 0; n < 4; n += 1) await ask(server.url, '/bytes/1')
  server.log.clear()
  assert.deepEqual([server.log.total, server.log.ended(), server.log.answered(200), server.log.records.length], [0, 0, 0, 0])
  await ask(server.url, '/bytes/1')
  assert.deepEqual(
    server.log.records.map(({ n, connection }) => [n, connection]),
    [[5, 5]],
  )
})

test('the peak counts requests under way at once, not connections', async () => {
  await using server = await startFlagServer()
  const idle = connect(server.port, server.host)
  await once(idle, 'connect')
  const asked = [1, 2, 3].map((n) => ask(server.url, `/bytes/${n}?silence=before-headers`))
  await server.log.waitFor(({ n }) => n === 3)
  assert.deepEqual([server.log.inFlight, server.log.peakConcurrency], [3, 3])
  await ask(server.url, '/bytes/1')
  assert.deepEqual([server.log.inFlight, server.log.peakConcurrency], [3, 4])
  await server.close()
  await Promise.all(asked)
  idle.destroy()
  assert.deepEqual([server.log.inFlight, server.log.peakConcurrency, server.log.connections], [0, 4, 5])
})

test('waitFor finds what has been, what is under way and what comes later', async () => {
  await using server = await startFlagServer()
  const later = server.log.waitFor(({ path, outcome }) => path === '/bytes/2' && outcome === 'complete')
  await ask(server.url, '/bytes/1')
  assert.equal((await server.log.waitFor(({ path }) => path === '/bytes/1')).n, 1)
  const silent = ask(server.url, '/bytes/3?silence=after-headers', { until: (text) => text.endsWith('\r\n\r\n') })
  assert.equal((await server.log.waitFor(({ outcome }) => outcome === 'silent')).path, '/bytes/3')
  await silent
  await ask(server.url, '/bytes/2')
  assert.equal((await later).n, 3)
})

test('waitFor gives up after its timeout, and when the server closes', async () => {
  const server = await startFlagServer()
  await assert.rejects(
    server.log.waitFor(() => false, { timeout: 5 }),
    { code: 'ERR_FLAG_SERVER_WAIT', message: /within 5 ms; 0 came/ },
  )
  const waiting = assert.rejects(
    server.log.waitFor(() => false),
    { code: 'ERR_FLAG_SERVER_WAIT', message: /closed/ },
  )
  await server.close()
  await waiting
})
