import assert from 'node:assert/strict'
import { test } from 'node:test'

const { downloadsThatFit } = (await import(
  new URL('../../../dist/download/open-files.js', import.meta.url).href
)) as typeof import('../../src/download/open-files.js')

const limits = (soft: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft}                 524288               files\n`

test('a download takes a connection and a file, and some are left for the rest', () => {
  assert.equal(downloadsThatFit(limits('1024')), 352)
  assert.equal(downloadsThatFit(limits('200')), 50)
})

test('there is room for one at least, and for any number where nothing is known', () => {
  assert.equal(downloadsThatFit(limits('3')), 1)
  assert.equal(downloadsThatFit(limits('unlimited')), Infinity)
  assert.equal(downloadsThatFit(''), Infinity)
})
