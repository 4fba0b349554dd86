import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { ask } from '../../support/raw-client.js'

test('a delay holds back the first byte', async () => {
  await using server = await startFlagServer({ delay: 0.05 })
  const start = performance.now()
  let first = 0
  await ask(server.url, '/bytes/1', {
    until: () => {
      first ||= performance.now() - start
      return false
    },
  })
  assert.ok(first >= 49, `${first} ms`)
  assert.equal(server.log.records[0]?.delay, 50)
})

async function delaysOf(seed: number): Promise<number[]> {
  await using server = await startFlagServer({ delay: '0.001-0.005', seed })
  for (let n = 0; n < 40; n += 1) await ask(server.url, '/bytes/1')
  return server.log.records.map(({ delay }) => delay)
}

test('a ranged delay is drawn evenly from its range, anew for each request, and the same for the same seed', async () => {
  const [one, again, other] = await Promise.all([delaysOf(1), delaysOf(1), delaysOf(2)])
  assert.deepEqual(one, again)
  assert.notDeepEqual(one, other)
  assert.ok(one.every((delay) => delay >= 1 && delay <= 5))
  const mean = one.reduce((sum, delay) => sum + delay, 0) / one.length
  assert.ok(mean > 2.3 && mean < 3.7, `${mean} ms`)
})

test('a drip sends the body at the speed asked for, in portions of a tenth of a second', async () => {
  await using server = await startFlagServer()
  const start = performance.now()
  let portions = 0
  const heard = await ask(server.url, '/bytes/30?drip=100', {
    until: () => {
      portions += 1
      return false
    },
  })
  const took = performance.now() - start
  assert.equal(heard.body.length, 30)
  assert.equal(portions, 3)
  assert.ok(took >= 295, `${took} ms`)
})
