import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { FAULTS, startFlagServer } from 'halyard/flag-server'
import { say } from '../support/raw-client.js'
import { runs } from '../support/thorough.js'

test('whatever bytes come in, the server answers or hangs up, and goes on', async () => {
  await using server = await startFlagServer()
  const start = fc.constantFrom(
    '',
    'GET / HTTP/1.1\r\n',
    'GET /bytes/1?',
    'GET /flags/br/br.gif HTTP/1.1\r\nRange: bytes=',
    'POST / HTTP/1.1\r\nContent-Length: ',
  )
  await fc.assert(
    fc.asyncProperty(start, fc.uint8Array({ maxLength: 200 }), async (head, tail) => {
      const bytes = `${head}${Buffer.from(tail).toString('latin1')}\r\n\r\n`
      await say(server.url, `${bytes}GET /bytes/1 HTTP/1.1\r\nConnection: close\r\n\r\n`, { until: (text) => text.length > 500 })
    }),
    runs(200),
  )
  assert.equal((await fetch(`${server.flagsUrl}/br/br.gif`)).status, 200)
})

test('whatever faults are asked for together, the server answers or stops as asked, and goes on', async () => {
  const examples = FAULTS.flatMap(({ example }) => example.split('&')).filter(
    (pair) => !/^(?:delay|drip|silence|bomb|extra-header-size)=/.test(pair),
  )
  const query = fc.uniqueArray(fc.constantFrom(...new Set(examples)), { maxLength: 6, selector: (pair) => pair.split('=')[0] })
  await using server = await startFlagServer()
  await fc.assert(
    fc.asyncProperty(query, fc.constantFrom('GET', 'HEAD'), async (pairs, method) => {
      const heard = await say(
        server.url,
        `${method} /flags/br/br.gif?${pairs.join('&')} HTTP/1.1\r\nRange: bytes=5-\r\nConnection: close\r\n\r\n`,
        {
          until: (text) => text.length > 60_000,
        },
      )
      assert.ok(heard.text === '' || /^HTTP\/1\.1 \d{3} /.test(heard.text), heard.text.slice(0, 100))
      assert.notEqual(heard.status, 500, heard.body)
    }),
    runs(200),
  )
  assert.equal(server.log.answered(500), 0)
  assert.equal((await fetch(`${server.flagsUrl}/br/br.gif`)).status, 200)
})
