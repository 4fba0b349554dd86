import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { countryCodes, FLAGS_FOLDER } from 'halyard/flag-server'

const POP20 = 'CN IN US ID BR PK NG BG RU JP MX PH VN ET EG DE IR TR CD FR'.split(' ')
const metadataOf = (cc: string): Record<string, string> =>
  JSON.parse(readFileSync(join(FLAGS_FOLDER, cc.toLowerCase(), 'metadata.json'), 'utf8')) as Record<string, string>

test('the codes are the 194 of the book: sorted, none with X, 17 with B', () => {
  const codes = countryCodes()
  assert.equal(codes.length, 194)
  assert.deepEqual([codes[0], codes.at(-1)], ['AD', 'ZW'])
  assert.deepEqual(codes, [...codes].sort())
  assert.equal(codes.filter((cc) => cc.startsWith('X')).length, 0)
  assert.equal(codes.filter((cc) => cc.startsWith('B')).length, 17)
  assert.deepEqual(
    POP20.filter((cc) => !codes.includes(cc)),
    [],
  )
  assert.throws(() => codes.push('XX'))
})

test('there is a folder for each code and no other', () => {
  assert.deepEqual(
    readdirSync(FLAGS_FOLDER).sort(),
    countryCodes().map((cc) => cc.toLowerCase()),
  )
})

test('every flag is a whole GIF, 320 pixels wide, of a size like the book’s', () => {
  for (const cc of countryCodes().map((code) => code.toLowerCase())) {
    const gif = readFileSync(join(FLAGS_FOLDER, cc, `${cc}.gif`))
    assert.match(gif.subarray(0, 6).toString('latin1'), /^GIF8[79]a$/, cc)
    assert.equal(gif.readUInt16LE(6), 320, cc)
    assert.equal(gif.at(-1), 0x3b, cc)
    assert.ok(gif.length > 300 && gif.length < 20_000, `${cc}: ${gif.length} bytes`)
  }
})

test('every country has a name, its own codes, and none of another', () => {
  const all = countryCodes().map(metadataOf)
  for (const [index, metadata] of all.entries()) {
    assert.deepEqual(Object.keys(metadata), ['tld_cc', 'iso_cc', 'country', 'gec_cc'])
    assert.equal(metadata['iso_cc'], countryCodes()[index])
    assert.match(metadata['tld_cc'] ?? '', /^\.[a-z]{2}$/)
    assert.match(metadata['gec_cc'] ?? '', /^[A-Z]{2}$/)
  }
  for (const key of ['tld_cc', 'country', 'gec_cc']) assert.equal(new Set(all.map((metadata) => metadata[key])).size, 194, key)
})

test('the names that hurt as file names are there', () => {
  const names = ['CI', 'CD', 'CG', 'KP', 'KR', 'GB'].map((cc) => metadataOf(cc)['country'])
  assert.deepEqual(names, [
    "Côte d'Ivoire",
    'Congo (Kinshasa)',
    'Congo (Brazzaville)',
    'Korea, North',
    'Korea, South',
    'United Kingdom',
  ])
})
