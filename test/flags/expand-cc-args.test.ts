import assert from 'node:assert/strict'
import { test } from 'node:test'

const { CountryCodeError, expandCcArgs } = (await import(
  new URL('../../../dist/flags/expand-cc-args.js', import.meta.url).href
)) as typeof import('../../src/flags/expand-cc-args.js')

const existing = ['ZW', 'AD', 'BR']
const typed = (...ccArgs: string[]): string[] => expandCcArgs(false, false, ccArgs, Infinity, existing)

test('two letters are a code, in upper or lower case', () => {
  assert.deepEqual(typed('br', 'CN', 'fR'), ['BR', 'CN', 'FR'])
})

test('one letter is all 26 codes that begin with it', () => {
  const codes = typed('b')
  assert.equal(codes.length, 26)
  assert.equal(codes[0], 'BA')
  assert.equal(codes.at(-1), 'BZ')
})

test('a code asked for twice comes once', () => {
  assert.deepEqual(typed('BR', 'br', 'BR'), ['BR'])
  assert.equal(typed('B', 'br').length, 26)
})

test('codes come sorted', () => {
  assert.deepEqual(typed('VN', 'BR', 'CN'), ['BR', 'CN', 'VN'])
})

for (const bad of ['zz1', '1', 'BRA', '', 'B1', 'ß', 'ſt', 'É', '-', ' B']) {
  test(`'${bad}' is no country code`, () => {
    assert.throws(
      () => typed('BR', bad),
      (error) => {
        assert.ok(error instanceof CountryCodeError)
        assert.equal(error.message, 'each CC argument must be A to Z or AA to ZZ.')
        assert.equal(error.code, 'ERR_COUNTRY_CODE')
        return true
      },
    )
  })
}

test('every is all 676 codes from AA to ZZ', () => {
  const codes = expandCcArgs(true, false, [], Infinity, existing)
  assert.equal(codes.length, 676)
  assert.deepEqual([codes[0], codes[26], codes.at(-1)], ['AA', 'BA', 'ZZ'])
})

test('every wins over all, all over the codes typed', () => {
  assert.equal(expandCcArgs(true, true, ['BR'], Infinity, existing).length, 676)
  assert.deepEqual(expandCcArgs(false, true, ['CN'], Infinity, existing), ['AD', 'BR', 'ZW'])
})

test('the limit keeps the first codes', () => {
  assert.deepEqual(expandCcArgs(true, false, [], 3, existing), ['AA', 'AB', 'AC'])
  assert.deepEqual(expandCcArgs(false, true, [], 2, existing), ['AD', 'BR'])
  assert.deepEqual(expandCcArgs(false, false, ['B', 'A'], 1, existing), ['AA'])
})

test('nothing asked for is nothing', () => {
  assert.deepEqual(typed(), [])
})
