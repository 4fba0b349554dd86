import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../../src/download/index.js'

const { eventLine, jsonLine } = (await import(
  new URL('../../../dist/report/index.js', import.meta.url).href
)) as typeof import('../../src/report/index.js')

test('an outcome is its record with a type', () => {
  const outcome: Outcome = { id: 0, url: 'http://h/a', status: 'ok', file: 'a', bytes: 3 }
  assert.equal(
    eventLine({ type: 'outcome', outcome }),
    '{"type":"outcome","id":0,"url":"http://h/a","status":"ok","file":"a","bytes":3}\n',
  )
})

test('requests on their way have no line of their own', () => {
  assert.equal(eventLine({ type: 'begin', id: 0, url: 'http://h/a', file: 'a', attempt: 1 }), undefined)
  assert.equal(eventLine({ type: 'progress', id: 0, bytes: 1 }), undefined)
})

test('what JSON leaves alone and a terminal obeys is escaped, and reads back the same', () => {
  const text = 'a\u001b[31m\u009b31m\u007f\u202egnp\u2028\ufeff\n漢'
  const line = jsonLine({ text })
  assert.doesNotMatch(line.trimEnd(), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  assert.equal(line.indexOf('\n'), line.length - 1)
  assert.deepEqual(JSON.parse(line), { text })
})
