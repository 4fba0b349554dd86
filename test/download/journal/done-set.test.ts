import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { DoneSet } from './journal-modules.js'

const id = fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 140_000 }), fc.constantFrom(0, 31, 32, 65_535, 65_536, 2 ** 31, 2 ** 40))

test('a done set knows what a set knows, and the first number that is missing', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 300 }), (ids) => {
      const done = new DoneSet()
      const model = new Set<number>()
      for (const one of ids) {
        assert.equal(done.add(one), !model.has(one))
        model.add(one)
        assert.equal(done.count, model.size)
      }
      for (const one of ids) assert.equal(done.has(one), true)
      for (const one of [1, 33, 64, 65_537, 2 ** 31 + 1]) assert.equal(done.has(one), model.has(one))
      let missing = 0
      while (model.has(missing)) missing++
      assert.equal(done.firstUndone(), missing)
    }),
  )
})

test('the first missing number goes up as gaps are filled, from either side, over the borders of words and pages', () => {
  const done = new DoneSet()
  for (let one = 140_000; one > 0; one--) done.add(one)
  assert.equal(done.firstUndone(), 0)
  done.add(0)
  assert.equal(done.firstUndone(), 140_001)
  done.add(140_002)
  assert.equal(done.firstUndone(), 140_001)
  done.add(140_001)
  assert.equal(done.firstUndone(), 140_003)
})

test('three million lines cost at most one bit and a half each', () => {
  const before = process.memoryUsage().arrayBuffers
  const done = new DoneSet()
  for (let one = 0; one < 3_000_000; one++) done.add(one)
  const bits = ((process.memoryUsage().arrayBuffers - before) * 8) / 3_000_000
  assert.equal(done.count, 3_000_000)
  assert.ok(bits < 1.5, `${bits} bits a line`)
})
