import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { startFlagServer, syntheticBytes, syntheticSha256, syntheticSize } from 'halyard/flag-server'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

test('the bytes of a file are the same in every version of this library', () => {
  assert.equal(syntheticBytes({ number: 0, size: 8 }).toString('hex'), '634f396ab99871ce')
  assert.equal(syntheticSha256({ number: 12_345 }), 'e60229d86f74521e68980d4e5b870fe9398d25be79823db20a6da3fefa4ca22b')
})

test('any range of a file is that part of the whole', () => {
  const file = { number: 7, size: 1000 }
  const all = syntheticBytes(file)
  assert.equal(all.length, 1000)
  for (const [start, end] of [
    [0, 1],
    [1, 2],
    [3, 9],
    [4, 8],
    [5, 5],
    [997, 1000],
    [0, 1000],
  ] as const) {
    assert.deepEqual(syntheticBytes(file, start, end), all.subarray(start, end), `${start}-${end}`)
  }
})

test('files of other numbers, of other versions and beyond 2^32 differ', () => {
  const files = [
    { number: 1 },
    { number: 2 },
    { number: 1, version: 1 },
    { number: 2 ** 32 + 1 },
    { number: 2 ** 33 + 1 },
    { number: 2, version: 1 },
  ]
  assert.equal(new Set(files.map((file) => sha256(syntheticBytes(file, 0, 16)))).size, files.length)
})

test('the checksum is that of the bytes', () => {
  for (const file of [{ number: 3 }, { number: 3, size: 0 }, { number: 3, size: 200_001 }]) {
    assert.equal(syntheticSha256(file), sha256(syntheticBytes(file)))
  }
})

test('the server serves a file by its number, at its own size or at the one asked for', async () => {
  await using server = await startFlagServer()
  for (const [path, file] of [
    ['/n/12345.bin', { number: 12_345 }],
    ['/n/12345.jpg', { number: 12_345 }],
    ['/n/99.bin?size=100000', { number: 99, size: 100_000 }],
    ['/n/99.bin?version=3', { number: 99, version: 3 }],
    ['/bytes/70000', { number: 0, size: 70_000 }],
    ['/anywhere?size=1K', { number: 0, size: 1024 }],
  ] as const) {
    const response = await fetch(server.url + path)
    const body = Buffer.from(await response.arrayBuffer())
    assert.equal(response.headers.get('content-length'), String(body.length))
    assert.equal(sha256(body), syntheticSha256(file), path)
  }
  assert.equal(syntheticSize(12_345), 1024 + (12_345 % 3073))
})
