import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'

const load = <T>(name: string): Promise<T> =>
  import(new URL(`../../../dist/report/${name}.js`, import.meta.url).href) as Promise<T>
const { timeAxis } = await load<typeof import('../../src/report/axis.js')>('axis')
const format = await load<typeof import('../../src/report/format.js')>('format')
const width = await load<typeof import('../../src/report/text-width.js')>('text-width')

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

test('seconds have two decimals, and three where two would say nothing', () => {
  assert.deepEqual([15_811, 8000, 99.6, 99.4, 7, 0].map(format.seconds), ['15.81', '8.00', '0.10', '0.099', '0.007', '0.000'])
})

test('ratios, percentages, sizes and counts read as a person writes them', () => {
  assert.deepEqual([1, 18.76, 99.96, 1234.5].map(format.ratio), ['1.0', '18.8', '100', '1235'])
  assert.deepEqual([0.994, 0.999, 1, 0.29, 0.004].map(format.percent), ['99 %', '99 %', '100 %', '29 %', '0 %'])
  assert.deepEqual([0, 999, 1000, 123_456, 999_600, 5e9].map(format.bytes), [
    '0 B',
    '999 B',
    '1.0 KB',
    '123 KB',
    '1.0 MB',
    '5.0 GB',
  ])
  assert.equal(format.count(1, { one: 'flag', many: 'flags' }), '1 flag')
})

test('text is cut to the columns there are, and padded by what it takes on the screen', () => {
  assert.equal(width.cut('abcdef', 4, '…'), 'abc…')
  assert.equal(width.cut('abcd', 4, '…'), 'abcd')
  assert.equal(width.cut('日本語', 5, '…'), '日本…')
  assert.equal(width.cut('abc', 0, '…'), '')
  assert.equal(width.pad('日', 4, 'left'), '  日')
  assert.equal(width.columnWidth('e\u0301'), 1)
})

test('text breaks at spaces, and a word that is too long keeps a line of its own', () => {
  assert.deepEqual(width.wrapPixels('aa bb cc', 10, width.pixelWidth('aa bb', 10)), ['aa bb', 'cc'])
  assert.deepEqual(width.wrapPixels('a unbreakable b', 10, 20), ['a', 'unbreakable', 'b'])
})
