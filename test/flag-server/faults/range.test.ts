import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFlagServer, syntheticBytes } from 'halyard/flag-server'
import { ask, headerValues } from '../../support/raw-client.js'

const content = syntheticBytes({ number: 0, size: 100 }).toString('latin1')

async function part(
  range: string,
  query = '',
  ...headers: string[]
): Promise<{ status: number; range: string[]; length: string[]; body: string }> {
  await using server = await startFlagServer()
  const heard = await ask(server.url, `/bytes/100?${query}`, { headers: [`Range: ${range}`, ...headers, 'Connection: close'] })
  return {
    status: heard.status,
    range: headerValues(heard, 'Content-Range'),
    length: headerValues(heard, 'Content-Length'),
    body: heard.body,
  }
}

const all = { status: 200, range: [], length: ['100'], body: content }
const partial = (start: number, end: number): Awaited<ReturnType<typeof part>> => ({
  status: 206,
  range: [`bytes ${start}-${end - 1}/100`],
  length: [String(end - start)],
  body: content.slice(start, end),
})

for (const [range, start, end] of [
  ['bytes=0-9', 0, 10],
  ['bytes=90-', 90, 100],
  ['bytes=-10', 90, 100],
  ['bytes=-1000', 0, 100],
  ['bytes=95-1000', 95, 100],
  ['bytes=99-99', 99, 100],
] as const) {
  test(`${range} is answered with bytes ${start} to ${end - 1}`, async () => {
    assert.deepEqual(await part(range), partial(start, end))
  })
}

for (const range of ['bytes=100-', 'bytes=1000-2000', 'bytes=-0']) {
  test(`${range} is answered with 416 and the size`, async () => {
    const { status, range: told } = await part(range)
    assert.deepEqual([status, told], [416, ['bytes */100']])
  })
}

for (const range of ['bytes=5-1', 'bytes=a-b', 'bytes=-', 'bytes=0-1,5-6', 'lines=1-2', 'bytes 0-9']) {
  test(`${range} is no range of one part, and everything is sent`, async () => {
    assert.deepEqual(await part(range), all)
  })
}

for (const [fault, expected] of [
  ['ignore', all],
  ['wrong-start', { ...partial(10, 20), range: ['bytes 11-19/100'] }],
  ['wrong-total', { ...partial(10, 20), range: ['bytes 10-19/101'] }],
  ['wrong-bytes', { ...partial(10, 20), body: content.slice(9, 19) }],
  ['no-content-range', { ...partial(10, 20), range: [] }],
  ['garbage', { ...partial(10, 20), range: ['bytes here-there/everywhere'] }],
  ['short', partial(10, 15)],
] as const) {
  test(`range=${fault} answers bytes=10-19 so`, async () => {
    assert.deepEqual(await part('bytes=10-19', `range=${fault}`), expected)
  })
}

test('range=ignore does not even offer ranges', async () => {
  await using server = await startFlagServer()
  assert.deepEqual(headerValues(await ask(server.url, '/bytes/1'), 'Accept-Ranges'), ['bytes'])
  assert.deepEqual(headerValues(await ask(server.url, '/bytes/1?range=ignore'), 'Accept-Ranges'), [])
})

for (const [fault, told] of [
  ['refuse', ['bytes */100']],
  ['refuse-bare', []],
  ['refuse-as-whole', ['bytes */10']],
] as const) {
  test(`range=${fault} answers bytes=10-19 with 416, and of the size it says ${told[0] ?? 'nothing'}`, async () => {
    const { status, range } = await part('bytes=10-19', `range=${fault}`)
    assert.deepEqual([status, range], [416, told])
  })
}

test('range=wrong-bytes has other bytes at the very start too', async () => {
  assert.equal((await part('bytes=0-9', 'range=wrong-bytes')).body, content.slice(1, 11))
})

test('a range of a flag is that part of the flag, and of a large file is made without the rest', async () => {
  await using server = await startFlagServer()
  const whole = await ask(server.url, '/flags/br/br.gif')
  const end = await ask(server.url, '/flags/br/br.gif', { headers: ['Range: bytes=-20', 'Connection: close'] })
  assert.equal(end.body, whole.body.slice(-20))
  const large = await ask(server.url, '/x?size=1T', {
    headers: ['Range: bytes=1000000000000-1000000000009', 'Connection: close'],
  })
  assert.equal(large.body, syntheticBytes({ number: 0 }, 1e12, 1e12 + 10).toString('latin1'))
})

test('If-Range keeps the range for the same version and drops it for another', async () => {
  const etag = '"100-v0-100"'
  const date = 'Wed, 01 Jan 2020 00:00:00 GMT'
  assert.deepEqual(await part('bytes=10-19', '', `If-Range: ${etag}`), partial(10, 20))
  assert.deepEqual(await part('bytes=10-19', '', `If-Range: ${date}`), partial(10, 20))
  for (const other of ['"another"', `W/${etag}`, 'Wed, 01 Jan 2020 00:00:01 GMT']) {
    assert.deepEqual(await part('bytes=10-19', '', `If-Range: ${other}`), all, other)
  }
  assert.deepEqual(await part('bytes=10-19', 'etag=weak', `If-Range: W/${etag}`), all, 'a weak ETag never matches')
})

test('if-range=ignore splices: the range of another version as if nothing had changed', async () => {
  const { status, body } = await part('bytes=10-19', 'if-range=ignore&version=1', 'If-Range: "100-v0-100"')
  assert.deepEqual([status, body], [206, syntheticBytes({ number: 0, size: 100, version: 1 }).toString('latin1').slice(10, 20)])
})
