import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countryCodes, startFlagServer, startFlagServers } from 'halyard/flag-server'

test('a flag is served as a GIF under the path of the book', async () => {
  await using server = await startFlagServer()
  const response = await fetch(`${server.flagsUrl}/br/br.gif`)
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'image/gif')
  const image = Buffer.from(await response.arrayBuffer())
  assert.equal(image.subarray(0, 6).toString(), 'GIF89a')
  assert.equal(image.readUInt16LE(6), 320)
})

test('every one of the 194 countries has a flag and metadata', async () => {
  await using server = await startFlagServer()
  for (const cc of countryCodes()) {
    const base = `${server.flagsUrl}/${cc.toLowerCase()}`
    const image = Buffer.from(await (await fetch(`${base}/${cc.toLowerCase()}.gif`)).arrayBuffer())
    assert.equal(image.subarray(0, 4).toString(), 'GIF8', cc)
    const metadata = (await (await fetch(`${base}/metadata.json`)).json()) as Record<string, string>
    assert.deepEqual(Object.keys(metadata), ['tld_cc', 'iso_cc', 'country', 'gec_cc'])
    assert.equal(metadata['iso_cc'], cc)
  }
  assert.equal(countryCodes().length, 194)
})

test('the three servers of the book start together and close together', async () => {
  await using servers = await startFlagServers({ delay: 0 })
  for (const server of [servers.LOCAL, servers.DELAY, servers.ERROR]) {
    assert.equal((await fetch(`${server.flagsUrl}/fr/fr.gif`)).status, 200)
  }
})

test('a delay holds the answer back', async () => {
  await using server = await startFlagServer({ delay: 0.05 })
  const start = performance.now()
  await (await fetch(`${server.flagsUrl}/de/de.gif`)).arrayBuffer()
  assert.ok(performance.now() - start >= 49)
  assert.equal(server.log.records[0]?.delay, 50)
})
