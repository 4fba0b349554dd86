import assert from 'node:assert/strict'
import { test } from 'node:test'

const report = (await import(
  new URL('../../../dist/report/index.js', import.meta.url).href
)) as typeof import('../../src/report/index.js')

test('seconds have two decimals, and three where two would say nothing', () => {
  assert.deepEqual([15_811, 8000, 99.6, 99.4, 7, 0].map(report.seconds), ['15.81', '8.00', '0.10', '0.099', '0.007', '0.000'])
})

test('ratios, percentages, sizes and counts read as a person writes them', () => {
  assert.deepEqual([1, 18.76, 99.96, 1234.5].map(report.ratio), ['1.0', '18.8', '100', '1235'])
  assert.deepEqual([0.994, 0.999, 1, 0.29, 0.004].map(report.percent), ['99 %', '99 %', '100 %', '29 %', '0 %'])
  assert.deepEqual([0, 999, 1000, 123_456, 999_600, 5e9].map(report.bytes), [
    '0 B',
    '999 B',
    '1.0 KB',
    '123 KB',
    '1.0 MB',
    '5.0 GB',
  ])
  assert.equal(report.count(1, { one: 'flag', many: 'flags' }), '1 flag')
})

test('text is cut to the columns there are, and padded by what it takes on the screen', () => {
  assert.equal(report.cut('abcdef', 4, '…'), 'abc…')
  assert.equal(report.cut('abcd', 4, '…'), 'abcd')
  assert.equal(report.cut('日本語', 5, '…'), '日本…')
  assert.equal(report.cut('abc', 0, '…'), '')
  assert.equal(report.pad('日', 4, 'left'), '  日')
  assert.equal(report.columnWidth('e\u0301'), 1)
})
