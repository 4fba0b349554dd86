import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { built } from './built.js'

const { Heap } = await built<typeof import('../../../src/download/schedule/heap.js')>('heap')

interface Item {
  at: number
  slot: number
}

test('whatever is pushed and removed, the first item of a heap is the smallest of those in it', () => {
  const steps = fc.array(fc.record({ at: fc.integer({ min: 0, max: 30 }), remove: fc.boolean(), which: fc.nat() }), {
    maxLength: 200,
    size: 'max',
  })
  fc.assert(
    fc.property(steps, (list) => {
      const heap = new Heap<Item>()
      const model: Item[] = []
      for (const { at, remove, which } of list) {
        if (remove && model.length > 0) {
          const [item] = model.splice(which % model.length, 1)
          heap.remove(item!)
        } else {
          const item = { at, slot: 0 }
          heap.push(item)
          model.push(item)
        }
        assert.equal(heap.size, model.length)
        assert.equal(heap.first?.at, model.length === 0 ? undefined : Math.min(...model.map((item) => item.at)))
      }
      const drained: number[] = []
      for (let item = heap.first; item !== undefined; item = heap.first) {
        heap.remove(item)
        drained.push(item.at)
      }
      assert.deepEqual(
        drained,
        model.map(({ at }) => at).sort((a, b) => a - b),
      )
    }),
  )
})
