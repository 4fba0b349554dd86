import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeSinkContract } from 'halyard/contracts'
import { bytesOf, jobOf, put } from '../../support/samples.js'

const { MemorySink } = (await import(
  new URL('../../../../dist/download/sink/memory.js', import.meta.url).href
)) as typeof import('../../../src/download/sink/memory.js')

describeSinkContract('MemorySink', () => {
  const sink = new MemorySink()
  return { sink, reopen: () => sink, read: (file) => sink.files.get(file), list: () => [...sink.files.keys()].sort() }
})

test('what was published is a map from names to bytes', async () => {
  const sink = new MemorySink()
  await put(sink, jobOf('a/b.gif'), bytesOf(10))
  assert.deepEqual([...sink.files], [['a/b.gif', bytesOf(10)]])
})
