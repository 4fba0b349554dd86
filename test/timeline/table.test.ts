import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ComparisonRow } from '../../src/timeline/index.js'

const { comparisonTable } = (await import(
  new URL('../../../dist/timeline/index.js', import.meta.url).href
)) as typeof import('../../src/timeline/index.js')

const rows: ComparisonRow[] = [
  { style: 'sequential', concurrency: 1, elapsed: 8140, faster: 1, ofIdeal: 0.994 },
  { style: 'async', concurrency: 20, elapsed: 434, faster: 18.756, ofIdeal: 0.93 },
  { style: 'threads', concurrency: 20, elapsed: 512, ready: 72.4, faster: 15.9, ofIdeal: 0.8 },
]

test('numbers stand under each other, aligned at the right', () => {
  assert.equal(
    comparisonTable(rows),
    [
      'style       at once  seconds  × faster  of ideal  start-up',
      'sequential        1     8.14       1.0      99 %         –',
      'async            20     0.43      18.8      93 %         –',
      'threads          20     0.51      15.9      80 %   0.072 s',
      '',
    ].join('\n'),
  )
})

test('start-up has a column only if some style had workers to start', () => {
  assert.doesNotMatch(comparisonTable(rows.slice(0, 2)), /start-up/)
})

test('without a sequential run nothing is called faster', () => {
  const [, second] = rows
  const { faster: _, ...row } = second!
  assert.match(comparisonTable([row]), /async {7}20 {5}0\.43 {9}– {6}93 %\n/)
})

test('a style that failed says so in place of numbers, cut to the width', () => {
  const failure = `BrokenThreadPoolError: ${'x'.repeat(100)}\n  at somewhere`
  const text = comparisonTable([...rows, { style: 'processes', concurrency: 20, elapsed: 0, failure }], { columns: 60 })
  const last = text.trimEnd().split('\n').at(-1)!
  assert.match(last, /^processes {3}failed: BrokenThreadPoolError: x+…$/)
  assert.equal(last.length, 60)
})

test('it fits 80 columns with four digits of seconds and a factor of thousands', () => {
  const big = rows.map((row) => ({ ...row, elapsed: 9_999_999, faster: 12_345, concurrency: 10_000, ready: 99_999 }))
  for (const line of comparisonTable(big).split('\n')) assert.ok(line.length <= 80, line)
})

test('where the locale is not UTF-8 every character is ASCII', () => {
  assert.match(
    comparisonTable([...rows, { style: 'x', concurrency: 1, elapsed: 1, failure: 'y'.repeat(99) }], { ascii: true }),
    /^[\n -~]*$/,
  )
})
