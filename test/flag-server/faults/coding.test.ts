import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { startFlagServer, syntheticBytes } from 'halyard/flag-server'
import { ask, type Heard, headerValues } from '../../support/raw-client.js'

const content = syntheticBytes({ number: 0, size: 5000 })

async function coded(
  query: string,
  path = '/bytes/5000',
): Promise<Heard & { bytes: Buffer; coding: string | undefined; length: number }> {
  await using server = await startFlagServer()
  const heard = await ask(server.url, `${path}?${query}`)
  return {
    ...heard,
    bytes: Buffer.from(heard.body, 'latin1'),
    coding: headerValues(heard, 'Content-Encoding')[0],
    length: Number(headerValues(heard, 'Content-Length')[0]),
  }
}

for (const [name, token, decode] of [
  ['gzip', 'gzip', gunzipSync],
  ['br', 'br', brotliDecompressSync],
  ['deflate', 'deflate', inflateSync],
  ['raw-deflate', 'deflate', inflateRawSync],
  ['gzip,br', 'gzip, br', (bytes: Buffer) => gunzipSync(brotliDecompressSync(bytes))],
  ['gzip,gzip,gzip', 'gzip, gzip, gzip', (bytes: Buffer) => gunzipSync(gunzipSync(gunzipSync(bytes)))],
  ['false-gzip', 'gzip', (bytes: Buffer) => bytes],
] as const) {
  test(`coding=${name} sends the body so coded, with the length of what is sent`, async () => {
    const { bytes, coding, length } = await coded(`coding=${name}`)
    assert.equal(coding, token)
    assert.equal(length, bytes.length)
    assert.deepEqual(decode(bytes), content)
  })
}

test('a cut of the coding leaves a broken stream in right framing', async () => {
  const whole = await coded('coding=gzip')
  const cut = await coded('coding=gzip&coding-cut=50%')
  assert.equal(cut.length, Math.floor(whole.length / 2))
  assert.deepEqual(cut.bytes, whole.bytes.subarray(0, cut.length))
  assert.throws(() => gunzipSync(cut.bytes), { code: 'Z_BUF_ERROR' })
  assert.deepEqual(
    gunzipSync(cut.bytes, { finishFlush: constants.Z_SYNC_FLUSH }),
    content.subarray(0, gunzipSync(cut.bytes, { finishFlush: constants.Z_SYNC_FLUSH }).length),
  )
  assert.equal((await coded('coding=gzip&coding-cut=10')).length, 10)
  assert.match((await coded('coding=gzip&coding-cut=10&framing=chunked')).body, /^a\r\n[^]{10}\r\n0\r\n\r\n$/)
})

test('a cut of the framing cuts the coded bytes', async () => {
  const whole = await coded('coding=gzip')
  const cut = await coded('coding=gzip&cut=100')
  assert.equal(cut.length, whole.length)
  assert.deepEqual(cut.bytes, whole.bytes.subarray(0, 100))
})

test('a bomb is small on the wire and large when decoded', async () => {
  const { bytes, coding } = await coded('bomb=1M', '/x')
  assert.equal(coding, 'gzip')
  assert.ok(bytes.length < 2000, `${bytes.length} bytes`)
  assert.deepEqual(gunzipSync(bytes), Buffer.alloc(1024 ** 2))
})

test('a bomb in layers is smaller still, and is streamed where it is large', async () => {
  const { text, bytes } = await coded('bomb=20M&coding=gzip,gzip&framing=close', '/x')
  assert.ok(text.length < 1000, `${text.length} bytes`)
  assert.equal(gunzipSync(gunzipSync(bytes)).length, 20 * 1024 ** 2)
  const brotli = await coded('bomb=20M&coding=br&framing=close', '/x')
  assert.ok(brotli.text.length < 1000, `${brotli.text.length} bytes`)
  assert.equal(brotliDecompressSync(brotli.bytes).length, 20 * 1024 ** 2)
})

test('a streamed coding can be cut by bytes, in either way', async () => {
  assert.equal((await coded('bomb=20M&coding-cut=100&framing=close', '/x')).bytes.length, 100)
  assert.match((await coded('bomb=20M&coding-cut=100', '/x')).body, /^64\r\n[^]{100}\r\n0\r\n\r\n$/)
  assert.equal((await coded('bomb=20M&cut=100&framing=close', '/x')).bytes.length, 100)
})

test('the coded form is another representation: its ETag differs, its ranges are ranges of it', async () => {
  await using server = await startFlagServer()
  const plain = await ask(server.url, '/bytes/5000')
  const whole = await ask(server.url, '/bytes/5000?coding=gzip')
  assert.notDeepEqual(headerValues(whole, 'ETag'), headerValues(plain, 'ETag'))
  const part = await ask(server.url, '/bytes/5000?coding=gzip', { headers: ['Range: bytes=10-19', 'Connection: close'] })
  assert.deepEqual([part.status, part.body], [206, whole.body.slice(10, 20)])
})
