import assert from 'node:assert/strict'
import { test } from 'node:test'

const { finalReport, initialReport } = (await import(
  new URL('../../../dist/flags/flag-reports.js', import.meta.url).href
)) as typeof import('../../src/flags/flag-reports.js')

const LOCAL = 'http://localhost:8000/flags'
const codes = (count: number): string[] => Array.from({ length: count }, (_, i) => `A${String.fromCharCode(65 + i)}`)

test('more than ten flags are named by the first and the last', () => {
  assert.equal(
    initialReport(codes(20), 30, 'LOCAL', LOCAL),
    'LOCAL site: http://localhost:8000/flags\nSearching for 20 flags: from AA to AT\n30 concurrent connections will be used.',
  )
})

test('ten flags are named one by one', () => {
  assert.match(initialReport(codes(10), 5, 'LOCAL', LOCAL), /\nSearching for 10 flags: AA, AB, AC, AD, AE, AF, AG, AH, AI, AJ\n/)
  assert.match(initialReport(codes(11), 5, 'LOCAL', LOCAL), /\nSearching for 11 flags: from AA to AK\n/)
})

test('one flag and one connection are singular', () => {
  assert.equal(
    initialReport(['BR'], 1, 'DELAY', 'http://localhost:8001/flags'),
    'DELAY site: http://localhost:8001/flags\nSearching for 1 flag: BR\n1 connection will be used.',
  )
})

test('the address of the site is told without its password and without control characters', () => {
  assert.match(
    initialReport(['BR'], 1, 'REMOTE', 'http://user:secret@localhost:8000/flags'),
    /^REMOTE site: http:\/\/localhost:8000\/flags\n/,
  )
  assert.match(initialReport(['BR'], 1, 'REMOTE', 'http://localhost/\u001b[31m'), /^REMOTE site: http:\/\/localhost\/\?\[31m\n/)
})

test('the counts are told in three columns, and the time with two decimals', () => {
  assert.equal(
    finalReport({ ok: 150, 'not-found': 361, error: 165 }, 7464),
    '--------------------\n150 flags downloaded.\n361 not found.\n165 errors.\nElapsed time: 7.46s',
  )
})

test('one flag and one error are singular, and padded', () => {
  assert.equal(
    finalReport({ ok: 1, 'not-found': 1, error: 1 }, 90),
    '--------------------\n  1 flag downloaded.\n  1 not found.\n  1 error.\nElapsed time: 0.09s',
  )
})

test('what did not happen is not told, but for the flags', () => {
  assert.equal(
    finalReport({ ok: 0, 'not-found': 0, error: 0 }, 0),
    '--------------------\n  0 flags downloaded.\nElapsed time: 0.00s',
  )
  assert.equal(
    finalReport({ ok: 17, 'not-found': 9, error: 0 }, 13_360),
    '--------------------\n 17 flags downloaded.\n  9 not found.\nElapsed time: 13.36s',
  )
})
