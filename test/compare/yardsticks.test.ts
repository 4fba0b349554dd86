import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { StyleRun } from '../../src/compare/index.js'

const load = <T>(name: string): Promise<T> =>
  import(new URL(`../../../dist/compare/${name}.js`, import.meta.url).href) as Promise<T>
const { idealTime } = await load<typeof import('../../src/compare/ideal-time.js')>('ideal-time')
const { measured } = await load<typeof import('../../src/compare/yardsticks.js')>('yardsticks')

function run(style: StyleRun['style'], elapsed: number, durations: readonly number[], concurrency: number): StyleRun {
  const downloads = durations.map(
    (duration, i) => ({ cc: `A${i}`, start: 0, end: duration, status: 'ok', worker: 'w', thread: '1.0' }) as const,
  )
  return { style, elapsed, concurrency, downloads, carriers: 1 }
}

test('one at a time the ideal is the sum, all at once the longest, in between the even share', () => {
  assert.equal(idealTime([1, 2, 3, 6], 1), 12)
  assert.equal(idealTime([1, 2, 3, 6], 4), 6)
  assert.equal(idealTime([3, 3, 3, 3], 2), 6)
  assert.equal(idealTime([3, 3, 3], 2), 4.5)
  assert.equal(idealTime([], 4), 0)
})

test('no schedule of any downloads beats the ideal: the first free worker takes the next', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 8 }),
      (durations, workers) => {
        const free = Array.from({ length: workers }, () => 0)
        for (const duration of durations) free[free.indexOf(Math.min(...free))]! += duration
        assert.ok(Math.max(...free) >= idealTime(durations, workers) - 1e-9)
      },
    ),
  )
})

test('faster compares with the sequential run, and the share with the ideal of the run itself', () => {
  const [sequential, async] = measured([run('sequential', 1000, [400, 400], 1), run('async', 500, [400, 450], 2)])
  assert.deepEqual([sequential!.faster, sequential!.ofIdeal], [1, 0.8])
  assert.deepEqual([async!.faster, async!.ofIdeal], [2, 0.9])
})

test('without a sequential run, or with a failed one, nothing is called faster', () => {
  assert.equal(measured([run('async', 500, [400], 1)])[0]!.faster, undefined)
  const failed = { ...run('sequential', 900, [400], 1), failure: 'x' }
  const [first, second] = measured([failed, run('async', 500, [400], 1)])
  assert.deepEqual([first, second!.faster, second!.ofIdeal], [failed, undefined, 0.8])
})
