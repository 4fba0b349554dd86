import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFlagServer, syntheticBytes } from 'halyard/flag-server'
import { ask, headerValues } from '../../support/raw-client.js'

test('size serves as many bytes as asked, those of the number in the path', async () => {
  await using server = await startFlagServer()
  assert.equal((await ask(server.url, '/any/path?size=10')).body, syntheticBytes({ number: 0, size: 10 }).toString('latin1'))
  assert.equal((await ask(server.url, '/n/8.bin?size=10')).body, syntheticBytes({ number: 8, size: 10 }).toString('latin1'))
  assert.equal((await ask(server.url, '/x?size=2M')).body.length, 2 * 1024 ** 2)
})

test('a body of any size is made as it is sent, not held', async () => {
  await using server = await startFlagServer()
  const { text } = await ask(server.url, '/x?size=100G', { until: (heard) => heard.length > 1_000_000 })
  assert.match(text, /\r\nContent-Length: 107374182400\r\n/)
})

test('body serves exactly these bytes, at any path', async () => {
  await using server = await startFlagServer()
  const heard = await ask(server.url, '/index.html?body=%3Chtml%3E&type=text/html;%20charset=x')
  assert.deepEqual([heard.status, heard.body, headerValues(heard, 'Content-Type')], [200, '<html>', ['text/html; charset=x']])
})

test('Content-Disposition may have any bytes, raw or in Base64', async () => {
  await using server = await startFlagServer()
  const raw = 'attachment; filename="../\xff\0x.gif"'
  const percent = [...Buffer.from(raw, 'latin1')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const base64 = encodeURIComponent(Buffer.from(raw, 'latin1').toString('base64'))
  for (const value of [percent, `base64:${base64}`]) {
    assert.deepEqual(headerValues(await ask(server.url, `/bytes/1?disposition=${value}`), 'Content-Disposition'), [raw])
  }
})

test('headers may be added, several and of the same name, with any value', async () => {
  await using server = await startFlagServer({ header: ['Set-Cookie: a=1', 'Set-Cookie: b=2'] })
  assert.deepEqual(headerValues(await ask(server.url, '/bytes/1'), 'Set-Cookie'), ['a=1', 'b=2'])
  const heard = await ask(server.url, '/bytes/1?header=X-A:%20%00%FF&header=x-b:')
  assert.deepEqual(
    [headerValues(heard, 'X-A'), headerValues(heard, 'X-B'), headerValues(heard, 'Set-Cookie')],
    [['\0\xff'], [''], []],
  )
})
