import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { ask, headerValues } from '../../support/raw-client.js'

for (const [query, said] of [
  ['dealy=1', 'Unknown query parameter "dealy". Did you mean "delay"?'],
  ['statu=500', 'Unknown query parameter "statu". Did you mean "status"?'],
  ['retryAfter=1', 'Unknown query parameter "retryAfter". Did you mean "retry-after"?'],
  ['rangee=ignore', 'Unknown query parameter "rangee". Did you mean "range"?'],
  ['status=500&status=501', 'The query parameter "status" stands twice in the URL; it can have only one value.'],
  ['cut=1&reset=1', '`cut` and `reset` contradict each other: an answer can have only one of them. Leave one out.'],
  ['size=1&body=x', '`size` and `body` contradict each other: an answer can have only one of them. Leave one out.'],
  [
    'redirect=1&location=x',
    '`redirect` and `location` contradict each other: an answer can have only one of them. Leave one out.',
  ],
  ['chunks=huge&framing=length', '`chunks` and `framing` contradict each other: only chunked framing has chunks. Leave one out.'],
  ['endless=body&size=5', '`endless` and `size` contradict each other: a body that ends is not endless. Leave one out.'],
  ['coding-cut=1', '`codingCut` (coding-cut) needs `coding`: it cuts a coded stream.'],
  ['endless=body&framing=length', 'The size of this body is not known beforehand, so `framing` cannot be length.'],
  [
    'endless=body&cut=50%',
    'The size of this body is not known beforehand, so `cut` cannot be a percentage. Give a number of bytes.',
  ],
  ['bomb=2M&coding-cut=50%', 'The size of this coded body is not known beforehand, so `codingCut` must be a number of bytes.'],
  ['delay=5-1', 'Expected query parameter "delay" to be seconds, such as 0.5, or a range of them, such as 0.5-5; got "5-1".'],
  ['error-rate=1.5', 'Expected query parameter "error-rate" to be a number from 0 to 1, such as 0.25; got "1.5".'],
  ['status=99', 'Expected query parameter "status" to be a whole number from 200 to 599; got "99".'],
  [
    'cut=101%',
    'Expected query parameter "cut" to be before-headers, in-headers, after-headers, a number of bytes of the body, such as 1000, or a percentage of it, such as 50%; got "101%".',
  ],
  [
    'size=9999999T',
    'Expected query parameter "size" to be a number of bytes from 0 up, such as 4096, 64K or 1G; got "9999999T".',
  ],
  [
    'body=base64:***',
    'Expected query parameter "body" to be any text, or base64: followed by the Base64 of any bytes; got "base64:***".',
  ],
  [
    'delay=1000001',
    'Expected query parameter "delay" to be seconds, such as 0.5, or a range of them, such as 0.5-5; got "1000001".',
  ],
  [
    'chunk-size=65M',
    'Expected query parameter "chunk-size" to be a number of bytes from 1 to 64M, such as 4096 or 64K; got "65M".',
  ],
  ['delay', 'Expected query parameter "delay" to be seconds, such as 0.5, or a range of them, such as 0.5-5; got "".'],
] as const) {
  test(`?${query} is answered with 400 and the reason`, async () => {
    await using server = await startFlagServer()
    const heard = await ask(server.url, `/flags/br/br.gif?${query}`)
    assert.deepEqual([heard.status, heard.body], [400, `${said}\n`])
  })
}

test('a parameter like no other is answered with all that there are', async () => {
  await using server = await startFlagServer()
  assert.match(
    (await ask(server.url, '/?zzzzzz=1')).body,
    /^Unknown query parameter "zzzzzz"\. Known are delay, drip, fail, .*, header\.\n$/,
  )
})

test('parameters that are no faults pass where the server is not strict', async () => {
  await using server = await startFlagServer({ strict: false })
  const heard = await ask(server.url, '/bytes/1?token=secret&status=404&dealy=5')
  assert.equal(heard.status, 404)
})

test('contradicting options are refused before the server starts', async () => {
  await assert.rejects(startFlagServer({ cut: 1, reset: 1 }), { code: 'ERR_FLAG_SERVER_OPTION', message: /`cut` and `reset`/ })
})

test('the query wins over the options, also where only one of the two can hold', async () => {
  await using server = await startFlagServer({ cut: 0, status: 500, type: 'x/y' })
  const heard = await ask(server.url, '/bytes/5?reset=after-headers&status=501')
  assert.deepEqual([heard.status, heard.ended, headerValues(heard, 'Content-Type')], [501, 'reset', ['x/y']])
})

test('a value may hold any byte, percent-encoded or as Base64; plus is a plus', async () => {
  await using server = await startFlagServer()
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const encoded = [...all].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  assert.equal((await ask(server.url, `/x?body=${encoded}`)).body, all.toString('latin1'))
  assert.equal(
    (await ask(server.url, `/x?body=base64:${encodeURIComponent(all.toString('base64'))}`)).body,
    all.toString('latin1'),
  )
  assert.equal((await ask(server.url, '/x?body=1+1=2%')).body, '1+1=2%')
})

test('an option may be a number, a text in UTF-8, or bytes', async () => {
  await using server = await startFlagServer({ size: 3, type: 'é', disposition: Uint8Array.of(0xe9, 0) })
  const heard = await ask(server.url, '/x')
  assert.deepEqual(
    [heard.body.length, headerValues(heard, 'Content-Type'), headerValues(heard, 'Content-Disposition')],
    [3, ['Ã©'], ['\xe9\0']],
  )
})
