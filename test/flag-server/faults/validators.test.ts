import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { ask, headerValues } from '../../support/raw-client.js'

const EARLY = 'Wed, 01 Jan 2020 00:00:00 GMT'
const LATER = 'Wed, 01 Jan 2020 01:00:00 GMT'

async function validators(query: string): Promise<[etag: string[], lastModified: string[]]> {
  await using server = await startFlagServer()
  const heard = await ask(server.url, `/bytes/7?${query}`)
  return [headerValues(heard, 'ETag'), headerValues(heard, 'Last-Modified')]
}

test('validators are strong and dated, weak, absent, or anything', async () => {
  assert.deepEqual(await validators(''), [['"7-v0-7"'], [EARLY]])
  assert.deepEqual(await validators('etag=weak'), [['W/"7-v0-7"'], [EARLY]])
  assert.deepEqual(await validators('etag=none&last-modified=none'), [[], []])
  assert.deepEqual(await validators('etag=raw:unquoted&last-modified=raw:yesterday'), [['unquoted'], ['yesterday']])
})

test('another version has other validators and other bytes', async () => {
  assert.deepEqual(await validators('version=1'), [['"7-v1-7"'], [LATER]])
  await using server = await startFlagServer()
  for (const path of ['/bytes/70', '/n/5.bin', '/flags/br/br.gif', '/flags/br/metadata.json']) {
    const versions = await Promise.all(['', '?version=1', '?version=2'].map((query) => ask(server.url, path + query)))
    assert.equal(new Set(versions.map(({ body }) => body)).size, 3, path)
    assert.equal(new Set(versions.flatMap((heard) => headerValues(heard, 'ETag'))).size, 3, path)
  }
})

test('another version of a flag is still the same picture, of metadata still JSON', async () => {
  await using server = await startFlagServer()
  const [old, next] = [await ask(server.url, '/flags/br/br.gif'), await ask(server.url, '/flags/br/br.gif?version=12')]
  const comment = '\x21\xfe\x0aversion 12\0'
  const at = next.body.indexOf(comment)
  assert.equal(next.body.slice(0, at) + next.body.slice(at + comment.length), old.body)
  const metadata = JSON.parse((await ask(server.url, '/flags/ad/metadata.json?version=12')).body) as Record<string, unknown>
  assert.deepEqual([metadata['version'], metadata['country']], [12, 'Andorra'])
})

test('bump changes everything from one request to the next, unless the query names a version', async () => {
  await using server = await startFlagServer()
  const etag = async (query = ''): Promise<string | undefined> =>
    headerValues(await ask(server.url, `/bytes/7${query}`), 'ETag')[0]
  assert.equal(await etag(), '"7-v0-7"')
  assert.equal(server.bump(), 1)
  assert.equal(server.version, 1)
  assert.equal(await etag(), '"7-v1-7"')
  assert.equal(await etag('?version=0'), '"7-v0-7"')
})

for (const [header, query, status] of [
  ['If-None-Match: "7-v0-7"', '', 304],
  ['If-None-Match: "a", W/"7-v0-7" , "b"', '', 304],
  ['If-None-Match: *', '', 304],
  ['If-None-Match: "7-v0-7"', 'etag=weak', 304],
  ['If-None-Match: "7-v0-7"', 'version=1', 200],
  ['If-None-Match: "7-v0-7"', 'etag=none', 200],
  ['If-None-Match: "7-v0-7"', 'conditional=ignore', 200],
  [`If-Modified-Since: ${EARLY}`, '', 304],
  [`If-Modified-Since: ${LATER}`, '', 304],
  [`If-Modified-Since: ${EARLY}`, 'version=1', 200],
  [`If-Modified-Since: ${EARLY}`, 'last-modified=none', 200],
  [`If-Modified-Since: ${EARLY}`, 'conditional=ignore', 200],
  ['If-Modified-Since: yesterday', '', 200],
  [`If-None-Match: "x"\r\nIf-Modified-Since: ${LATER}`, '', 200],
] as const) {
  test(`${JSON.stringify(header)} at ?${query} is answered with ${status}`, async () => {
    await using server = await startFlagServer()
    const heard = await ask(server.url, `/bytes/7?${query}`, { headers: [header, 'Connection: close'] })
    assert.deepEqual([heard.status, heard.body.length], [status, status === 304 ? 0 : 7])
    if (status === 304) assert.deepEqual([headerValues(heard, 'ETag').length, headerValues(heard, 'Content-Length')], [1, []])
  })
}
