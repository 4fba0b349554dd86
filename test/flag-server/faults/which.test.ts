import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { ask } from '../../support/raw-client.js'

async function statuses(url: string, targets: readonly string[]): Promise<number[]> {
  const found: number[] = []
  for (const target of targets) found.push((await ask(url, target)).status)
  return found
}

test('fail hits the first requests of each URL, with 503 if nothing else is named', async () => {
  await using server = await startFlagServer({ fail: 2 })
  assert.deepEqual(
    await statuses(server.url, ['/bytes/1', '/bytes/2', '/bytes/1', '/bytes/1', '/bytes/2', '/bytes/2']),
    [503, 503, 503, 200, 503, 200],
  )
})

test('a key counts several URLs together', async () => {
  await using server = await startFlagServer()
  const [one, two] = ['/bytes/1?fail=2&key=k', '/bytes/2?fail=2&key=k']
  assert.deepEqual(await statuses(server.url, [one, two, one, two]), [503, 503, 200, 200])
})

test('after its failures a URL is served as ever: no trace of any of them', async () => {
  await using server = await startFlagServer({ now: () => 0 })
  const failures =
    'reset=50%&retry-after=3&reason=Oops&length=twice&coding=gzip&coding-cut=5&extra-headers=4&interim=3&connection=drop'
  const target = `/flags/br/br.gif?fail=1&etag=none&coding=gzip&${failures.replace('&coding=gzip', '')}`
  await ask(server.url, target)
  const healed = await ask(server.url, target)
  const clean = await ask(server.url, '/flags/br/br.gif?etag=none&coding=gzip')
  assert.equal(server.log.records[0]?.outcome, 'reset')
  assert.equal(healed.text, clean.text)
})

test('what is served and how fast holds for every request, failing or not', async () => {
  await using server = await startFlagServer()
  const target = '/x?fail=1&status=500&delay=0.002&size=7'
  const bodies = [await ask(server.url, target), await ask(server.url, target)].map(({ status, body }) => [status, body.length])
  assert.deepEqual(bodies, [
    [500, 7],
    [200, 7],
  ])
  assert.deepEqual(
    server.log.records.map(({ delay }) => delay),
    [2, 2],
  )
})

test('a named failure takes the place of 503, trimmings do not', async () => {
  await using server = await startFlagServer()
  assert.deepEqual(
    await statuses(server.url, ['/bytes/9?fail=1&cut=5', '/bytes/9?fail=1&retry-after=5', '/bytes/9?error-rate=1&reason=x']),
    [200, 503, 503],
  )
  assert.equal(server.log.records[0]?.outcome, 'cut')
})

async function unluckyRun(seed: number): Promise<number[]> {
  await using server = await startFlagServer({ errorRate: 0.25, status: 418, seed })
  return await statuses(
    server.url,
    Array.from({ length: 100 }, (_, n) => `/bytes/${n}`),
  )
}

test('error-rate hits a share of the requests, the same ones for the same seed', async () => {
  const [one, again, other] = await Promise.all([unluckyRun(1), unluckyRun(1), unluckyRun(2)])
  assert.deepEqual(one, again)
  assert.notDeepEqual(one, other)
  const hit = one.filter((status) => status === 418).length
  assert.ok(hit > 12 && hit < 40, `${hit} of 100`)
})

test('error-rate 0 never fails, 1 always; a query can switch the server’s errors off', async () => {
  await using server = await startFlagServer({ errorRate: 1, status: 500 })
  assert.deepEqual(await statuses(server.url, ['/bytes/1', '/bytes/1?error-rate=0', '/bytes/1']), [500, 200, 500])
})

test('with both, a request fails only if it is among the first and has bad luck', async () => {
  const luck = [0.9, 0.1, 0.1]
  await using server = await startFlagServer({ random: () => luck.shift() ?? 0 })
  assert.deepEqual(
    await statuses(
      server.url,
      Array.from({ length: 3 }, () => '/bytes/1?fail=2&error-rate=0.5'),
    ),
    [200, 503, 200],
  )
})

test('over hits what comes while so many others are answered, and counts no request that it hits', async () => {
  await using server = await startFlagServer({ over: 2 })
  const slow = [1, 2].map((n) => ask(server.url, `/bytes/${n}?delay=0.2`))
  await server.log.waitFor(({ n }) => n === 2)
  assert.deepEqual(await statuses(server.url, ['/bytes/3', '/bytes/4?over=3', '/bytes/5']), [503, 200, 503])
  for (const { status } of await Promise.all(slow)) assert.equal(status, 200)
  assert.deepEqual(await statuses(server.url, ['/bytes/6']), [200])
})

test('over-rate hits what comes beyond so many a second; unused ones are kept for a second', async () => {
  let now = 1000
  await using server = await startFlagServer({ overRate: 4, status: 429, now: () => now })
  const ten = Array.from({ length: 10 }, (_, n) => `/bytes/${n}`)
  const accepted = async (): Promise<number> => (await statuses(server.url, ten)).filter((status) => status === 200).length
  assert.equal(await accepted(), 4)
  assert.equal(await accepted(), 0)
  now += 500
  assert.equal(await accepted(), 2)
  now += 60_000
  assert.equal(await accepted(), 4)
})
