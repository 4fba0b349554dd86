import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome, RunEvent, Status } from '../../src/download/index.js'

const { RunProgress } = (await import(
  new URL('../../../dist/report/index.js', import.meta.url).href
)) as typeof import('../../src/report/index.js')

const begin = (id: number, attempt = 1): RunEvent => ({ type: 'begin', id, url: `http://h/${id}`, file: String(id), attempt })
const progress = (id: number, bytes: number, total?: number): RunEvent => ({
  type: 'progress',
  id,
  bytes,
  ...(total === undefined ? {} : { total }),
})
const outcome = (id: number, status: Status = 'ok', rest: Partial<Outcome> = {}): RunEvent => ({
  type: 'outcome',
  outcome: { id, url: `http://h/${id}`, status, ...rest },
})

const host = (name: string, state: 'cooling' | 'down' | 'up', delay?: number): RunEvent => ({
  type: 'host',
  host: name,
  state,
  ...(delay === undefined ? {} : { delay }),
})

/** A run that has taken these events, all at the time given with them. */
function run(...events: readonly (readonly [now: number, event: RunEvent])[]) {
  const progressOfRun = new RunProgress(0)
  for (const [now, event] of events) progressOfRun.take(event, now)
  return progressOfRun
}

test('lines of earlier runs count as done', () => {
  const { done, resumed, byStatus } = run(
    [0, { type: 'start', resumed: 40, style: 'async', concurrency: 4 }],
    [1, outcome(40)],
    [2, outcome(41, 'unchanged')],
  ).view(3)
  assert.deepEqual([done, resumed, byStatus.ok, byStatus.unchanged], [42, 40, 1, 1])
})

test('not found, error and invalid count as failed; skipped and unchanged do not', () => {
  const statuses: Status[] = ['ok', 'unchanged', 'skipped', 'not-found', 'error', 'invalid']
  assert.equal(run(...statuses.map((status, id) => [1, outcome(id, status)] as const)).view(2).failed, 3)
})

test('bytes are counted once, whether they were announced on the way or only in the end', () => {
  const { bytes } = run(
    [0, begin(0)],
    [1, progress(0, 600)],
    [2, outcome(0, 'ok', { bytes: 1_000 })],
    [3, outcome(1, 'ok', { bytes: 50 })],
  ).view(4)
  assert.equal(bytes, 1_050)
})

test('an attempt that begins again from nothing adds to what was received and takes nothing away', () => {
  const { bytes, inFlight } = run(
    [0, begin(0)],
    [1, progress(0, 600)],
    [2, { type: 'retry', id: 0, code: 'RESET', attempt: 1, delay: 100 }],
    [3, begin(0, 2)],
    [4, progress(0, 100, 1_000)],
  ).view(5)
  assert.equal(bytes, 700)
  assert.deepEqual(inFlight, [{ id: 0, url: 'http://h/0', file: '0', attempt: 2, begin: 3, bytes: 100, total: 1_000 }])
})

test('what waits for another attempt is not in flight', () => {
  const failedOnce = run([0, begin(0)], [1, { type: 'retry', id: 0, code: 'RESET', attempt: 1, delay: 100 }])
  assert.deepEqual([failedOnce.view(2).inFlight.length, failedOnce.view(2).waiting], [0, 1])
  failedOnce.take(begin(0, 2), 3)
  assert.deepEqual([failedOnce.view(4).inFlight.length, failedOnce.view(4).waiting], [1, 0])
  failedOnce.take(outcome(0, 'error'), 5)
  assert.deepEqual([failedOnce.view(6).inFlight.length, failedOnce.view(6).waiting], [0, 0])
})

test('of what is in flight the longest running comes first', () => {
  const view = run([0, begin(0)], [1, begin(1)], [2, begin(2)], [3, progress(0, 5)], [4, outcome(1)]).view(5)
  assert.deepEqual(
    view.inFlight.map(({ id }) => id),
    [0, 2],
  )
})

test('the time left is what remains at the pace of the last half minute', () => {
  const going = run(...Array.from({ length: 100 }, (_, id) => [id * 100, outcome(id)] as const))
  assert.equal(going.view(10_000).left, undefined)
  going.total = 200
  const left = going.view(10_000).left!
  assert.ok(Math.abs(left - 10_000) < 600, `${left} ms`)
})

test('there is no time left to tell while nothing moves', () => {
  const standing = run([0, outcome(0)])
  standing.total = 2
  assert.equal(standing.view(60_000).left, undefined)
  assert.equal(standing.view(60_000).linesPerSecond, 0)
})

test('the speed is that of the last seconds and not of the whole run', () => {
  const going = run([0, begin(0)])
  for (let now = 100; now <= 10_000; now += 100) going.take(progress(0, now < 5_000 ? now : 5_000 + (now - 5_000) * 10), now)
  const { bytesPerSecond } = going.view(10_000)
  assert.ok(Math.abs(bytesPerSecond - 10_000) < 500, `${bytesPerSecond} B/s`)
})

test('the first bytes of a run are no flood', () => {
  assert.ok(run([1, begin(0)], [1, progress(0, 1_000)]).view(1).bytesPerSecond <= 4_000)
})

test('hosts are known while they are cooling or down', () => {
  const view = run([0, host('a', 'cooling', 500)], [1, host('b', 'down')], [2, host('c', 'cooling')], [3, host('c', 'up')]).view(
    4,
  )
  assert.deepEqual(view.hosts, [
    { host: 'a', state: 'cooling', until: 500 },
    { host: 'b', state: 'down' },
  ])
})

test('the first ten failures are kept, however many there are', () => {
  const bad = run(...Array.from({ length: 1_000 }, (_, id) => [id, outcome(id, id === 3 ? 'ok' : 'error')] as const))
  assert.deepEqual(
    bad.failures.map(({ id }) => id),
    [0, 1, 2, 4, 5, 6, 7, 8, 9, 10],
  )
})

test('a hundred thousand hosts that cool do not pile up', () => {
  const polite = run(
    ...Array.from({ length: 100_000 }, (_, i) => [i, { type: 'host', host: `h${i}`, state: 'cooling' }] as const),
  )
  assert.ok(polite.view(100_000).hosts.length <= 100)
})
