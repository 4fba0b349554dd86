import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { parseGlob } from './source-modules.js'
import { runs } from '../../support/thorough.js'

const EXPANSIONS: readonly (readonly [string, readonly string[]])[] = [
  ['http://h/x', ['http://h/x']],
  ['h/{a,b}', ['h/a', 'h/b']],
  ['h/{a,}', ['h/a', 'h/']],
  ['h/{a}', ['h/a']],
  ['h/[1-3]', ['h/1', 'h/2', 'h/3']],
  ['h/[08-10]', ['h/08', 'h/09', 'h/10']],
  ['h/[098-102:2]', ['h/098', 'h/100', 'h/102']],
  ['h/[1-10:4]', ['h/1', 'h/5', 'h/9']],
  ['h/[5-5]', ['h/5']],
  ['h/[a-c]', ['h/a', 'h/b', 'h/c']],
  ['h/[A-E:2]', ['h/A', 'h/C', 'h/E']],
  ['{a,b}[1-2]', ['a1', 'a2', 'b1', 'b2']],
  ['{a,b{1,2}[7-8]}/x', ['a/x', 'b17/x', 'b18/x', 'b27/x', 'b28/x']],
  ['{{a,b},{c,{d,e}}}', ['a', 'b', 'c', 'd', 'e']],
  ['h/\\{a,b\\}\\[1-2\\]', ['h/{a,b}[1-2]']],
  ['h/{a\\,b,c\\}}', ['h/a,b', 'h/c}']],
  ['h/a\\b', ['h/a\\b']],
  ['h/?id[]=1', ['h/?id[]=1']],
  ['h/a,b', ['h/a,b']],
  ['http://[::1]/', ['http://[::1]/']],
  ['http://[2001:db8::7:1]:80/[1-2]', ['http://[2001:db8::7:1]:80/1', 'http://[2001:db8::7:1]:80/2']],
  ['http://[::ffff:127.0.0.1]/', ['http://[::ffff:127.0.0.1]/']],
  ['http://{[::1],h}/', ['http://[::1]/', 'http://h/']],
  ['', ['']],
]

const MISTAKES: readonly (readonly [string, number, RegExp])[] = [
  ['h/{a', 3, /never closed/],
  ['h/{a,[1-2]', 3, /never closed/],
  ['h/a}', 4, /closes nothing/],
  ['h/a]', 4, /closes nothing/],
  ['h/{a]}', 5, /closes nothing/],
  ['h/{}', 3, /nothing between/],
  ['h/[1-', 3, /no range/],
  ['h/[a-bc]', 3, /no range/],
  ['h/[-1-2]', 3, /no range/],
  ['h/[1-b]', 3, /no range/],
  ['h/{a,[z-a]}', 6, /backwards/],
  ['h/[3-1]', 3, /backwards/],
  ['h/[1-3:0]', 3, /step of 0/],
  ['h/[1-3:3]', 3, /longer/],
  ['h/[A-z]', 3, /capital/],
  ['h/[1-99999999999999999999]', 3, /too large/],
  ['h/[a:b]', 3, /no range/],
  ['{'.repeat(100), 33, /too deep/],
]

describe('globs', () => {
  for (const [pattern, urls] of EXPANSIONS) {
    test(`${pattern} is ${urls.join(' ')}`, () => {
      const glob = parseGlob(pattern)
      assert.deepEqual([...glob], urls)
      assert.equal(glob.count, urls.length)
    })
  }

  for (const [pattern, position, message] of MISTAKES) {
    test(`${pattern.slice(0, 40)} is a mistake at position ${position}`, () => {
      assert.throws(
        () => parseGlob(pattern),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'ERR_OPTIONS')
          assert.match(error.message, message)
          assert.match(error.message, new RegExp(`position ${position} `))
          return true
        },
      )
    })
  }

  test('a product of 10^30 URLs is made one at a time', () => {
    const glob = parseGlob('http://h/[0-999999999]/[0-999999999]/[0-999999999]/{a,b}[000-499]')
    assert.equal(glob.count, 1e30)
    const urls = glob[Symbol.iterator]()
    assert.equal(urls.next().value, 'http://h/0/0/0/a000')
    for (let index = 0; index < 1_000; index += 1) urls.next()
    assert.equal(urls.next().value, 'http://h/0/0/1/a001')
  })

  test('are read again from the beginning', () => {
    const glob = parseGlob('{a,b}')
    assert.deepEqual([...glob], [...glob])
  })

  test('any text is either read or a mistake with a position, and an escaped one is itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '1', '-', ':', '{', '}', '[', ']', ',', '\\', '0') }), (text) => {
        try {
          const glob = parseGlob(text)
          if (glob.count < 1_000) assert.equal([...glob].length, glob.count)
        } catch (error) {
          assert.match((error as Error).message, /^position \d+ /)
        }
        assert.deepEqual([...parseGlob(text.replaceAll(/[{}[\],\\]/g, String.raw`\$&`))], [text])
      }),
      runs(1_000),
    )
  })

  const curl = spawnSync('curl', ['--version']).status === 0 ? undefined : 'curl is not installed'
  test('mean the same as in curl', { skip: curl }, () => {
    for (const [pattern, urls] of EXPANSIONS) {
      if (!/^h\/.*[{[]/.test(pattern) || /[?]|,b\b$|\\,b/.test(pattern)) continue
      const { stdout } = spawnSync('curl', ['-s', '-m', '2', '-w', '%{url}\\n', `file:///nowhere/${pattern}`], {
        encoding: 'utf8',
      })
      assert.deepEqual(
        stdout.trim().split('\n'),
        urls.map((url) => `file:///nowhere/${url}`),
        pattern,
      )
    }
  })
})
