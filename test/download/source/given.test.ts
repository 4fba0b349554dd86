import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { thoroughly } from '../../support/thorough.js'
import { allOf, told } from './read-source.js'
import { givenSource } from './source-modules.js'

describe('a list given by a program', () => {
  test('may hold strings, URL objects and JobInputs', async () => {
    const list = ['http://h/1', new URL('http://h/2'), { url: 'http://h/3', name: 'n', headers: { a: 'b' } }]
    const entries = await allOf(givenSource(list))
    assert.deepEqual(told(entries), ['- http://h/1', '- http://h/2', '- http://h/3'])
  })

  test('has what is none of these as bad entries', async () => {
    const list = [5, null, undefined, true, [], {}, { url: 5 }, Symbol('s'), () => 'x', 'http://h/last'] as string[]
    const entries = told(await allOf(givenSource(list)))
    assert.deepEqual(entries, [...Array.from({ length: 9 }, () => '- INVALID_ROW'), '- http://h/last'])
  })

  test('that throws ends with ERR_SOURCE, its error the cause', async () => {
    const cause = new Error('database gone')
    const sync = function* (): Generator<string> {
      yield 'http://h/1'
      throw cause
    }
    const later = async function* (): AsyncGenerator<string> {
      yield* sync()
    }
    for (const list of [sync(), later()])
      await assert.rejects(allOf(givenSource(list)), { code: 'ERR_SOURCE', message: /database gone/, cause })
  })

  test('is told that the reader is gone', async () => {
    const ended: string[] = []
    const sync = function* (): Generator<string> {
      try {
        for (;;) yield 'http://h/'
      } finally {
        ended.push('sync')
      }
    }
    const later = async function* (): AsyncGenerator<string> {
      try {
        for (;;) yield 'http://h/'
      } finally {
        ended.push('async')
      }
    }
    for (const list of [sync(), later()]) {
      for await (const batch of givenSource(list).batches()) {
        assert.equal(batch.length, 1_000)
        break
      }
    }
    assert.deepEqual(ended, ['sync', 'async'])
  })

  test('that is slow is served as it comes', async () => {
    const released: (() => void)[] = []
    const list = async function* (): AsyncGenerator<string> {
      for (let index = 0; index < 3; index += 1) {
        yield `http://h/${index}`
        await new Promise<void>((resolve) => released.push(resolve))
      }
    }
    let batches = 0
    for await (const batch of givenSource(list()).batches()) {
      assert.deepEqual(told(batch), [`- http://h/${batches}`])
      batches += 1
      released.shift()?.()
    }
    assert.equal(batches, 3)
  })

  test('that never answers is left when the run is aborted', async () => {
    const silent: AsyncIterable<string> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }
    const controller = new AbortController()
    const reason = new Error('enough')
    const next = givenSource(silent).batches(controller.signal)[Symbol.asyncIterator]().next()
    controller.abort(reason)
    await assert.rejects(next, reason)
  })

  test('of very many URLs from an array has a fingerprint in a moment', async () => {
    const list = Array.from({ length: thoroughly(1_000_000, 100_000) }, (_, index) => `http://h/${index}`)
    assert.match((await givenSource(list).fingerprint()) ?? '', /^[0-9a-f]{64}$/)
  })

  test('has another fingerprint when anything of it is different', async () => {
    const lists = [
      ['http://h/1'],
      ['http://h/1', 'http://h/2'],
      [{ url: 'http://h/1' }],
      [{ url: 'http://h/1', name: 'n' }],
      [],
      ['http://h/1http://h/2'],
    ]
    const prints = await Promise.all(lists.map((list) => givenSource(list).fingerprint()))
    assert.equal(new Set(prints).size, lists.length)
  })
})
