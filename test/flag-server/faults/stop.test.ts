import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFlagServer, syntheticBytes } from 'halyard/flag-server'
import { ask, headerValues } from '../../support/raw-client.js'

const content = syntheticBytes({ number: 0, size: 100 }).toString('latin1')

for (const [how, ended, outcome] of [
  ['cut', 'fin', 'cut'],
  ['reset', 'reset', 'reset'],
  ['silence', 'open', 'silent'],
] as const) {
  const at = async (
    place: string,
    more = '',
  ): Promise<{ text: string; body: string; ended: string; outcome: string; status: number | undefined }> => {
    await using server = await startFlagServer()
    const silent = server.log.waitFor((record) => record.outcome === 'silent' || record.duration !== undefined)
    const hangUp = how === 'silence' ? silent.then(({ bytesSent }) => bytesSent) : undefined
    const heard = await ask(server.url, `/bytes/100?${how}=${place}${more}`, { hangUp })
    const record = await server.log.waitFor(({ duration }) => duration !== undefined)
    assert.equal(record.bytesSent, heard.text.length)
    return { text: heard.text, body: heard.body, ended: heard.ended, outcome: record.outcome, status: record.status }
  }

  test(`${how} before the headers sends no byte`, async () => {
    assert.deepEqual(await at('before-headers'), { text: '', body: '', ended, outcome, status: undefined })
  })

  test(`${how} in the headers sends half of them`, async () => {
    const { text, ...rest } = await at('in-headers')
    assert.match(text, /^HTTP\/1\.1 200 OK\r\nDate: /)
    assert.doesNotMatch(text, /\r\n\r\n/)
    assert.deepEqual(rest, { body: '', ended, outcome, status: 200 })
  })

  test(`${how} after the headers sends them, with the length of what does not come`, async () => {
    const { text, body, ...rest } = await at('after-headers')
    assert.match(text, /\r\nContent-Length: 100\r\n[^]*\r\n\r\n$/)
    assert.deepEqual({ body, ...rest }, { body: '', ended, outcome, status: 200 })
  })

  test(`${how} after some bytes of the body sends just those`, async () => {
    const { body, ...rest } = await at('42')
    assert.equal(body, content.slice(0, 42))
    assert.deepEqual([rest.ended, rest.outcome], [ended, outcome])
  })

  test(`${how} at a percentage of the body sends that part`, async () => {
    assert.equal((await at('33.5%')).body, content.slice(0, 33))
    assert.equal((await at('0%')).body, '')
  })

  test(`${how} at 100% sends all of a chunked body, but not its end`, async () => {
    const { body, ...rest } = await at('100%', '&framing=chunked')
    assert.equal(body, `64\r\n${content}\r\n`)
    assert.deepEqual([rest.ended, rest.outcome], [ended, outcome])
  })

  test(`${how} within a chunk announces all of it`, async () => {
    assert.equal(
      (await at('15', '&framing=chunked&chunk-size=10')).body,
      `a\r\n${content.slice(0, 10)}\r\na\r\n${content.slice(10, 15)}`,
    )
  })

  test(`${how} between two chunks leaves whole chunks only`, async () => {
    assert.equal(
      (await at('20', '&framing=chunked&chunk-size=10')).body,
      `a\r\n${content.slice(0, 10)}\r\na\r\n${content.slice(10, 20)}\r\n`,
    )
  })
}

test('a body shorter than where it is to be cut is sent whole', async () => {
  await using server = await startFlagServer()
  const heard = await ask(server.url, '/bytes/100?cut=101')
  assert.equal(heard.body, content)
  assert.equal((await server.log.waitFor(({ n }) => n === 1)).outcome, 'complete')
})

test('a body cut with the end of the connection as framing looks whole', async () => {
  await using server = await startFlagServer()
  const heard = await ask(server.url, '/bytes/100?cut=50&framing=close')
  assert.equal(heard.body, content.slice(0, 50))
  assert.deepEqual([headerValues(heard, 'Content-Length'), headerValues(heard, 'Transfer-Encoding')], [[], []])
})

test('HEAD has no body to be cut, but headers', async () => {
  await using server = await startFlagServer()
  assert.match((await ask(server.url, '/bytes/100?cut=50', { method: 'HEAD' })).text, /\r\n\r\n$/)
  assert.doesNotMatch((await ask(server.url, '/bytes/100?cut=in-headers', { method: 'HEAD' })).text, /\r\n\r\n/)
})
