import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { ask, headerValues } from '../../support/raw-client.js'

test('an error status comes with its words and a line of text', async () => {
  await using server = await startFlagServer()
  const heard = await ask(server.url, '/flags/br/br.gif?status=418')
  assert.match(heard.text, /^HTTP\/1\.1 418 I'm a Teapot\r\n/)
  assert.equal(heard.body, "418 I'm a Teapot\n")
  assert.deepEqual(headerValues(heard, 'ETag'), [])
})

test('an error may have any body: a page, or more than anybody wants', async () => {
  await using server = await startFlagServer()
  const page = await ask(server.url, '/x?status=403&body=%3Chtml%3E&type=text/html')
  assert.deepEqual([page.status, page.body, headerValues(page, 'Content-Type')], [403, '<html>', ['text/html']])
  assert.equal((await ask(server.url, '/x?status=500&size=100K')).body.length, 102_400)
})

test('a status below 300 serves the content all the same; 204 serves nothing', async () => {
  await using server = await startFlagServer()
  const heard = await ask(server.url, '/bytes/7?status=203')
  assert.deepEqual([heard.status, heard.body.length], [203, 7])
  const none = await ask(server.url, '/bytes/7?status=204')
  assert.deepEqual([none.status, none.body, headerValues(none, 'Content-Length')], [204, '', []])
})

test('the words may be any', async () => {
  await using server = await startFlagServer()
  assert.ok((await ask(server.url, '/bytes/1?reason=%1B[31mred%FF')).text.startsWith('HTTP/1.1 200 \x1b[31mred\xff\r\n'))
})

test('Retry-After is seconds, a date, or any text, on errors only', async () => {
  await using server = await startFlagServer({ now: () => Date.UTC(2026, 0, 1) })
  const after = async (query: string): Promise<string[]> =>
    headerValues(await ask(server.url, `/bytes/1?${query}`), 'Retry-After')
  assert.deepEqual(await after('status=429&retry-after=2'), ['2'])
  assert.deepEqual(await after('status=503&retry-after=date:90'), ['Thu, 01 Jan 2026 00:01:30 GMT'])
  assert.deepEqual(await after('status=503&retry-after=date:-90'), ['Wed, 31 Dec 2025 23:58:30 GMT'])
  assert.deepEqual(await after('status=503&retry-after=-1'), ['-1'])
  assert.deepEqual(await after('status=503&retry-after=soon'), ['soon'])
  assert.deepEqual(await after('retry-after=2'), [])
})
