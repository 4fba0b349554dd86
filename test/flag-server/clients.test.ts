import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { Agent, get } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { startFlagServer, syntheticBytes, syntheticSha256 } from 'halyard/flag-server'

const skip = spawnSync('curl', ['--version']).status === 0 ? false : 'curl is not installed'

async function curl(...args: readonly string[]): Promise<{ code: number | null; body: Buffer }> {
  const child = spawn('curl', ['-sS', '--max-time', '10', ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  const code = new Promise<number | null>((resolve) => {
    child.on('close', resolve)
  })
  return { body: await buffer(child.stdout), code: await code }
}

for (const [query, code, why] of [
  ['etag=none', 0, 'all is well'],
  ['cut=50%', 18, 'bytes are missing'],
  ['cut=50&framing=chunked', 18, 'the last chunk is missing'],
  ['cut=50&framing=close', 0, 'nothing says where the body ends'],
  ['cut=before-headers', 52, 'there is no answer'],
  ['reset=50%', 56, 'the connection is reset'],
  ['length=negative', 8, 'no length is negative'],
  ['chunks=garbage', 56, 'the chunk has no size'],
  ['redirect=3', 0, 'it follows'],
  ['redirect=loop', 47, 'it does not follow for ever'],
  ['location=file:///etc/passwd', 1, 'it follows to http and https only'],
  ['silence=after-headers', 28, 'it waits no longer than told'],
] as const) {
  test(`curl ends with ${code} at ?${query}: ${why}`, { skip }, async () => {
    await using server = await startFlagServer()
    assert.equal((await curl('-L', '-g', '--max-time', '1', `${server.url}/bytes/100?${query}`)).code, code)
  })
}

test('curl gets a dozen files over one connection, and decodes them', { skip }, async () => {
  await using server = await startFlagServer({ coding: 'gzip' })
  const { code, body } = await curl('--compressed', `${server.url}/n/[1-12].bin?size=100000`)
  const expected = Array.from({ length: 12 }, (_, index) => syntheticBytes({ number: index + 1, size: 100_000 }))
  assert.equal(code, 0)
  assert.ok(body.equals(Buffer.concat(expected)))
  assert.deepEqual([server.log.total, server.log.connections], [12, 1])
})

test('curl resumes a cut file where it stopped', { skip }, async () => {
  await using server = await startFlagServer()
  const target = `${server.url}/n/5.bin?size=90000&fail=1&cut=40000`
  const first = await curl(target)
  const rest = await curl('--continue-at', '40000', target)
  assert.deepEqual([first.code, first.body.length, rest.code], [18, 40_000, 0])
  assert.equal(
    createHash('sha256').update(first.body).update(rest.body).digest('hex'),
    syntheticSha256({ number: 5, size: 90_000 }),
  )
  assert.equal(server.log.records.at(-1)?.status, 206)
})

test('node:http gets many files at once over a few kept connections', async () => {
  await using server = await startFlagServer()
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const download = async (number: number): Promise<void> => {
    const body = await new Promise<Buffer>((resolve, reject) => {
      get(`${server.url}/n/${number}.bin`, { agent }, (response) => void buffer(response).then(resolve, reject)).on(
        'error',
        reject,
      )
    })
    assert.equal(createHash('sha256').update(body).digest('hex'), syntheticSha256({ number }))
  }
  await Promise.all(Array.from({ length: 400 }, (_, number) => download(number)))
  agent.destroy()
  assert.deepEqual([server.log.total, server.log.connections, server.log.ended('complete')], [400, 8, 400])
  assert.ok(server.log.peakConcurrency <= 8)
})

for (const query of [
  'cut=50%',
  'cut=50&framing=chunked',
  'reset=50%',
  'length=twice',
  'chunks=huge',
  'redirect=loop',
  'endless=headers',
  'coding=false-gzip',
]) {
  test(`fetch rejects at ?${query}`, async () => {
    await using server = await startFlagServer()
    await assert.rejects(async () => (await fetch(`${server.url}/bytes/100?${query}`)).arrayBuffer())
  })
}

for (const query of [
  'drip=1000',
  'framing=chunked&chunk-size=7',
  'framing=close',
  'coding=gzip,br,deflate',
  'interim=3',
  'redirect=5&redirect-status=308',
  'connection=drop',
  'fail=0',
]) {
  test(`fetch gets every byte at ?${query}`, async () => {
    await using server = await startFlagServer()
    const body = Buffer.from(await (await fetch(`${server.url}/bytes/100?${query}`)).arrayBuffer())
    assert.ok(body.equals(syntheticBytes({ number: 0, size: 100 })))
  })
}
