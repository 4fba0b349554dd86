import assert from 'node:assert/strict'
import { test } from 'node:test'

const { Ranges } = (await import(
  new URL('../../../../dist/download/segments/ranges.js', import.meta.url).href
)) as typeof import('../../../src/download/segments/ranges.js')

test('ranges that touch or overlap are one, in whatever order they come', () => {
  const ranges = new Ranges([
    [40, 50],
    [0, 10],
  ])
  ranges.add(20, 30)
  ranges.add(10, 20)
  assert.deepEqual(ranges.list, [
    [0, 30],
    [40, 50],
  ])
  assert.equal(ranges.size, 40)
  ranges.add(5, 45)
  assert.deepEqual(ranges.list, [[0, 50]])
  ranges.add(60, 60)
  assert.deepEqual(ranges.list, [[0, 50]])
})

test('the front is what is there from the begin without a gap', () => {
  const ranges = new Ranges([[5, 10]])
  assert.equal(ranges.front, 0)
  ranges.add(0, 5)
  assert.equal(ranges.front, 10)
})

test('what is missing is what is not there, in order', () => {
  assert.deepEqual(new Ranges().missing(10), [[0, 10]])
  const ranges = new Ranges([
    [2, 4],
    [8, 10],
  ])
  assert.deepEqual(ranges.missing(12), [
    [0, 2],
    [4, 8],
    [10, 12],
  ])
  assert.deepEqual(new Ranges([[0, 12]]).missing(12), [])
})

test('a thousand pieces at random give the same as a set of bytes', () => {
  const ranges = new Ranges()
  const bytes = new Uint8Array(2000)
  let seed = 7
  const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below
  for (let n = 0; n < 1000; n += 1) {
    const from = next(1990)
    const to = from + 1 + next(9)
    ranges.add(from, to)
    bytes.fill(1, from, to)
    assert.equal(
      ranges.size,
      bytes.reduce((sum, byte) => sum + byte, 0),
    )
    const front = bytes.indexOf(0)
    assert.equal(ranges.front, front === -1 ? bytes.length : front)
  }
})
