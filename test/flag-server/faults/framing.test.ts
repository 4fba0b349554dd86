import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFlagServer, syntheticBytes } from 'halyard/flag-server'
import { ask, type Asking, headerValues } from '../../support/raw-client.js'

const content = syntheticBytes({ number: 0, size: 25 }).toString('latin1')

async function framing(
  query: string,
  asking?: Asking,
): Promise<{ length: string[]; te: string[]; connection: string[]; body: string; ended: string }> {
  await using server = await startFlagServer()
  const heard = await ask(server.url, `/bytes/25?${query}`, asking)
  return {
    length: headerValues(heard, 'Content-Length'),
    te: headerValues(heard, 'Transfer-Encoding'),
    connection: headerValues(heard, 'Connection'),
    body: heard.body,
    ended: heard.ended,
  }
}

const right = { length: ['25'], te: [], connection: ['close'], body: content, ended: 'fin' }
const chunkedRight = { ...right, length: [], te: ['chunked'], body: `19\r\n${content}\r\n0\r\n\r\n` }

test('a body is framed by its length, by chunks, or by the end of the connection', async () => {
  assert.deepEqual(await framing('framing=length'), right)
  assert.deepEqual(await framing('framing=chunked'), chunkedRight)
  assert.deepEqual(await framing('framing=close', { headers: [] }), { ...right, length: [] })
})

test('chunks have the size asked for, the last one the rest', async () => {
  const { body } = await framing('framing=chunked&chunk-size=10')
  assert.equal(body, `a\r\n${content.slice(0, 10)}\r\na\r\n${content.slice(10, 20)}\r\n5\r\n${content.slice(20)}\r\n0\r\n\r\n`)
  assert.match((await framing('framing=chunked&chunk-size=1')).body, /^(?:1\r\n[^]\r\n){25}0\r\n\r\n$/)
})

test('chunks of a long body do not depend on how it is made', async () => {
  await using server = await startFlagServer()
  const { body } = await ask(server.url, '/bytes/200000?framing=chunked&chunk-size=70000')
  assert.deepEqual(
    [...body.matchAll(/(?:^|\r\n)([\da-f]+)\r\n/g)]
      .map((match) => match[1])
      .filter((size) => size === '11170' || size === 'ea60' || size === '0'),
    ['11170', '11170', 'ea60', '0'],
  )
})

test('an HTTP/1.0 client gets a body of unknown size without chunks', async () => {
  await using server = await startFlagServer()
  const heard = await ask(server.url, '/x?bomb=2M', { version: '1.0', headers: [] })
  assert.deepEqual(
    [headerValues(heard, 'Transfer-Encoding'), headerValues(heard, 'Content-Length'), heard.ended],
    [[], [], 'fin'],
  )
})

for (const [value, length] of [
  ['too-long', ['35']],
  ['too-short', ['15']],
  ['twice', ['25', '26']],
  ['plus', ['+25']],
  ['negative', ['-25']],
  ['raw:0x19', ['0x19']],
  ['raw:25, 25', ['25, 25']],
] as const) {
  test(`length=${value} sends Content-Length ${length.join(' and ')}, and the body`, async () => {
    assert.deepEqual(await framing(`length=${encodeURIComponent(value)}`), { ...right, length })
  })
}

test('length=with-chunked sends both a length and chunks', async () => {
  assert.deepEqual(await framing('length=with-chunked'), { ...chunkedRight, length: ['25'] })
})

test('after a wrong length the connection stays open for whoever trusts it, except where the client would wait for ever', async () => {
  const keep: Asking = { headers: [], until: (text) => text.endsWith(content) }
  for (const value of ['too-short', 'twice', 'plus', 'negative']) {
    const { ended, connection } = await framing(`length=${value}`, keep)
    assert.deepEqual([ended, connection], ['open', ['keep-alive']], value)
  }
  const { ended, connection } = await framing('length=too-long', { headers: [] })
  assert.deepEqual([ended, connection], ['fin', ['close']])
})

for (const [value, body] of [
  ['huge', `FFFFFFFFFFFFFFFF0\r\n${content}\r\n0\r\n\r\n`],
  ['negative', `-19\r\n${content}\r\n0\r\n\r\n`],
  ['empty', `\r\n${content}\r\n0\r\n\r\n`],
  ['garbage', `xyz\r\n${content}\r\n0\r\n\r\n`],
  ['too-long', `23\r\n${content}\r\n0\r\n\r\n`],
  ['no-crlf', `19\r\n${content}0\r\n\r\n`],
  ['no-end', `19\r\n${content}\r\n`],
  ['raw:19;ext=x', `19;ext=x\r\n${content}\r\n0\r\n\r\n`],
] as const) {
  test(`chunks=${value} puts ${JSON.stringify(body.slice(0, body.indexOf('\r')))} before the data, and closes`, async () => {
    assert.deepEqual(await framing(`chunks=${value}`, { headers: [] }), { ...chunkedRight, body })
  })
}

test('only the first of several chunks is wrong', async () => {
  const { body } = await framing('chunks=garbage&chunk-size=20')
  assert.equal(body, `xyz\r\n${content.slice(0, 20)}\r\n5\r\n${content.slice(20)}\r\n0\r\n\r\n`)
})

test('connection=close says so and closes; connection=drop says keep-alive and closes', async () => {
  assert.deepEqual(await framing('connection=close', { headers: [] }), right)
  assert.deepEqual(await framing('connection=drop', { headers: [] }), { ...right, connection: ['keep-alive'] })
})

test('an empty body is framed too', async () => {
  await using server = await startFlagServer()
  assert.match((await ask(server.url, '/bytes/0')).text, /\r\nContent-Length: 0\r\n[^]*\r\n\r\n$/)
  assert.equal((await ask(server.url, '/bytes/0?framing=chunked')).body, '0\r\n\r\n')
})
