import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PROFILES, startFlagServer, startFlagServers } from 'halyard/flag-server'

test('the profiles are those of the book’s second edition', () => {
  assert.deepEqual(PROFILES, {
    LOCAL: { port: 8000 },
    DELAY: { port: 8001, delay: '0.5-5' },
    ERROR: { port: 8002, delay: '0.5-5', errorRate: 0.25, status: 418 },
  })
})

test('the three servers start together on ports of their own and close together', async () => {
  const servers = await startFlagServers({ delay: 0 })
  const urls = [servers.LOCAL, servers.DELAY, servers.ERROR].map(({ url }) => url)
  assert.equal(new Set(urls).size, 3)
  for (const url of urls) assert.ok([200, 418].includes((await fetch(`${url}/flags/fr/fr.gif`)).status))
  await servers.close()
  for (const url of urls) await assert.rejects(fetch(url))
})

test('ERROR answers about every fourth request with 418, LOCAL and DELAY none', async () => {
  await using servers = await startFlagServers({ delay: 0, seed: 20 })
  for (const { flagsUrl } of [servers.LOCAL, servers.DELAY, servers.ERROR]) {
    for (let n = 0; n < 200; n += 1) await (await fetch(`${flagsUrl}/fr/fr.gif`)).arrayBuffer()
  }
  assert.equal(servers.LOCAL.log.answered(200), 200)
  assert.equal(servers.DELAY.log.answered(200), 200)
  const teapots = servers.ERROR.log.answered(418)
  assert.ok(teapots > 35 && teapots < 65, `${teapots} of 200`)
  assert.equal(servers.ERROR.log.answered(200), 200 - teapots)
})

test('DELAY and ERROR wait as long as asked, LOCAL not at all, unless told otherwise', async () => {
  await using servers = await startFlagServers({ random: () => 0 })
  await fetch(`${servers.LOCAL.flagsUrl}/fr/fr.gif`)
  assert.equal(servers.LOCAL.log.records[0]?.delay, 0)
  const slow = [servers.DELAY, servers.ERROR].map(async ({ flagsUrl, log }) => {
    await fetch(`${flagsUrl}/fr/fr.gif`)
    return log.records[0]?.delay
  })
  assert.deepEqual(await Promise.all(slow), [500, 500])
})

test('the three take ports in a row if a port is named, and leave none behind if one of them is taken', async () => {
  await using taken = await startFlagServer()
  // The one before a port that is in use is free, or else the first of the three fails: both ways all must be closed again.
  await assert.rejects(startFlagServers({ port: taken.port - 1 }), { code: 'ERR_FLAG_SERVER_LISTEN' })
  await assert.rejects(fetch(`http://127.0.0.1:${taken.port - 1}/`))
})
