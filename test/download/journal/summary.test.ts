import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Outcome } from '../../../src/download/outcome.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { FailureCounts, HeavyHitters, openRunFolder, summarise } from './journal-modules.js'
import { finishedRun, run } from './sessions.js'

const start = (second: number): string => `2026-01-01T00:00:0${second}.000Z`

test('a summary counts by status, code and host, and says when it was and which run it is', async (t) => {
  const output = temporaryFolder(t)
  const folder = openRunFolder(output)
  const { journal } = folder.begin(run)
  const list: Outcome[] = [
    { id: 0, url: 'https://a.example/0', status: 'ok', bytes: 100, start: start(3) },
    { id: 1, url: 'https://a.example:8443/1', status: 'error', code: 'HTTP_503', start: start(1) },
    { id: 2, url: 'https://b.example/2', status: 'error', code: 'TIMEOUT_STALL', start: start(9) },
    { id: 3, url: 'https://b.example/3', status: 'error', code: 'HTTP_503' },
    { id: 4, url: 'https://c.example/4', status: 'not-found', code: 'HTTP_404', start: start(2) },
    { id: 5, url: '=not a url', status: 'invalid', code: 'INVALID_URL', line: 7 },
    { id: 6, url: 'https://a.example/6', status: 'unchanged', bytes: 50 },
    { id: 7, url: 'https://a.example/7', status: 'skipped' },
  ]
  for (const outcome of list) journal.record(outcome)
  journal.flush()
  const { run: record, lockedBy, ...rest } = await summarise(output)
  assert.deepEqual(rest, {
    records: 8,
    byStatus: { ok: 1, unchanged: 1, skipped: 1, 'not-found': 1, error: 3, invalid: 1 },
    bytes: 100,
    byCode: [
      ['HTTP_503', 2],
      ['HTTP_404', 1],
      ['INVALID_URL', 1],
      ['TIMEOUT_STALL', 1],
    ],
    byHost: [
      ['b.example', 2],
      ['(no host)', 1],
      ['a.example:8443', 1],
      ['c.example', 1],
    ],
    hostsExact: true,
    firstStart: start(1),
    lastStart: start(9),
  })
  assert.equal(record?.list, 'abc')
  assert.equal(lockedBy?.pid, process.pid)
  await journal.close()
  assert.equal((await summarise(output)).lockedBy, undefined)
})

test('a summary of a finished run says so', async (t) => {
  assert.equal((await summarise(await finishedRun(t))).run?.finished?.lines, 5)
})

test('hosts that are named more often than others are found among any number of them, in bounded memory', () => {
  const counts = new FailureCounts()
  const failed = (url: string): void => counts.add('error', 'CONNECT_REFUSED', url)
  for (let i = 0; i < 20_000; i++) {
    failed(`https://host-${i}.example/`)
    if (i % 10 === 0) failed('https://often.example/')
    if (i % 20 === 0) failed('https://sometimes.example/')
  }
  assert.deepEqual(counts.byCode, [['CONNECT_REFUSED', 23_000]])
  assert.deepEqual(counts.byHost.slice(0, 2), [
    ['often.example', 2_000],
    ['sometimes.example', 1_000],
  ])
  assert.equal(counts.byHost.length, 20)
  assert.equal(counts.hostsExact, false)
})

test('heavy hitters are exact while everything has room, and never count too many', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 30 }).map(String)), fc.integer({ min: 1, max: 40 }), (names, capacity) => {
      const hitters = new HeavyHitters(capacity)
      const model = new Map<string, number>()
      for (const name of names) {
        hitters.add(name)
        model.set(name, (model.get(name) ?? 0) + 1)
      }
      const top = hitters.top(100)
      assert.ok(top.length <= capacity)
      for (const [name, count] of top) assert.ok(count <= model.get(name)!)
      assert.equal(hitters.exact, model.size <= capacity)
      if (hitters.exact) assert.deepEqual(new Map(top), model)
      assert.deepEqual(
        top.map(([, count]) => count),
        top.map(([, count]) => count).toSorted((a, b) => b - a),
      )
    }),
  )
})
