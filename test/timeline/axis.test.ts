import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'

const { timeAxis } = (await import(
  new URL('../../../dist/timeline/axis.js', import.meta.url).href
)) as typeof import('../../src/timeline/axis.js')
const { pixelWidth, wrapPixels } = (await import(
  new URL('../../../dist/timeline/pixel-width.js', import.meta.url).href
)) as typeof import('../../src/timeline/pixel-width.js')

test('an axis has marks at round seconds and ends where the data end', () => {
  assert.deepEqual(timeAxis(8140, 9), {
    max: 8140,
    ticks: ['0', '1 s', '2 s', '3 s', '4 s', '5 s', '6 s', '7 s', '8 s'].map((label, i) => ({ at: i * 1000, label })),
  })
  assert.deepEqual(
    timeAxis(434, 4).ticks.map(({ label }) => label),
    ['0', '0.2 s', '0.4 s'],
  )
  assert.deepEqual(
    timeAxis(5, 4).ticks.map(({ label }) => label),
    ['0', '0.002 s', '0.004 s'],
  )
})

test('whatever the length, marks rise by equal steps, differ in their labels, and are no more than asked for', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1e9, noNaN: true }), fc.integer({ min: 1, max: 20 }), (max, most) => {
      const { ticks } = timeAxis(max, most)
      assert.ok(ticks.length <= most + 1 && ticks[0]!.at === 0 && ticks.at(-1)!.at <= max * (1 + 1e-6))
      assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length)
      for (let i = 1; i < ticks.length; i += 1) assert.ok(ticks[i]!.at > ticks[i - 1]!.at)
    }),
  )
})

test('an axis of no length still is one', () => {
  assert.equal(timeAxis(0, 5).ticks[0]?.label, '0')
})

test('text breaks at spaces, and a word that is too long keeps a line of its own', () => {
  assert.deepEqual(wrapPixels('aa bb cc', 10, pixelWidth('aa bb', 10)), ['aa bb', 'cc'])
  assert.deepEqual(wrapPixels('a unbreakable b', 10, 20), ['a', 'unbreakable', 'b'])
})
