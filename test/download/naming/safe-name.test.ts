import assert from 'node:assert/strict'
import { posix, win32 } from 'node:path'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { hostileName } from './hostile-names.js'
import { runs } from '../../support/thorough.js'

const { safeName, safePath } = (await import(
  new URL('../../../../dist/download/naming/safe-name.js', import.meta.url).href
)) as typeof import('../../../src/download/naming/safe-name.js')

const RUNS = runs(10_000)
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\.|$)/i
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u

/** What is wrong with a component, in words; undefined if nothing is. */
function complaint(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'it is no name'
  if (Buffer.byteLength(name) > 255) return `it has ${Buffer.byteLength(name)} bytes`
  if (name !== name.normalize('NFC')) return 'it is not NFC'
  if (/[<>:"/\\|?*]/.test(name)) return 'it has a character that separates or that Windows refuses'
  if (INVISIBLE.test(name)) return 'it has an invisible character'
  if (/^[\s.~-]/.test(name)) return 'it begins badly'
  if (/[\s.]$/.test(name)) return 'it ends badly'
  if (DEVICE.test(name)) return 'it is a device of Windows'
  return safeName(name) === name ? undefined : `cleaned again it becomes ${JSON.stringify(safeName(name))}`
}

describe('a component', () => {
  test('is harmless, whatever it was made from', () => {
    fc.assert(
      fc.property(hostileName, (raw) => {
        const name = safeName(raw)
        assert.equal(complaint(name), undefined, JSON.stringify({ raw, name }))
      }),
      RUNS,
    )
  })

  const cases: readonly [raw: string, name: string, why?: string][] = [
    ['cn.gif', 'cn.gif'],
    ['Ünïcödé – 漢字.pdf', 'Ünïcödé – 漢字.pdf'],
    ['a b, (1) [2] {3} + 100%.txt', 'a b, (1) [2] {3} + 100%.txt'],
    ['', '_'],
    ['.', '_'],
    ['..', '_'],
    ['...', '_'],
    ['.htaccess', '_htaccess'],
    ['-rf', '_rf'],
    ['~root', '_root'],
    ['name. . ', 'name'],
    ['  name', 'name'],
    ['../../etc/passwd', '_._.._etc_passwd'],
    ['..\\..\\x', '_._.._x'],
    ['C:x', 'C_x'],
    ['a.txt:evil', 'a.txt_evil'],
    ['a\0b', 'a_b'],
    ['\x1b[31mred', '_[31mred'],
    ['gpj.\u202egif', 'gpj.gif'],
    ['a\u200bb\ufeff.gif', 'ab.gif'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['NUL .txt', '_NUL .txt'],
    ['com¹.tar.gz', '_com¹.tar.gz'],
    ['console.log', 'console.log'],
    ['com10', 'com10'],
    ['e\u0301.gif', 'é.gif'],
    ['e\u200b\u0301.gif', 'é.gif'],
    ['half \ud83d.gif', 'half _.gif'],
    ['😀.gif', '😀.gif'],
  ]
  for (const [raw, name] of cases) {
    test(`${JSON.stringify(raw)} becomes ${JSON.stringify(name)}`, () => assert.equal(safeName(raw), name))
  }

  test('keeps its extension when it is too long, and no character is cut in half', () => {
    for (const [character, bytes] of [
      ['x', 1],
      ['é', 2],
      ['漢', 3],
      ['😀', 4],
    ] as const) {
      const name = safeName(`${character.repeat(400)}.tar.gz`)
      assert.ok(name.endsWith(`${character}.tar.gz`), name)
      assert.ok(Buffer.byteLength(name) > 255 - bytes && Buffer.byteLength(name) <= 255, `${Buffer.byteLength(name)} bytes`)
    }
  })

  test('of 255 bytes stays as it is, and of 256 is shortened', () => {
    const longest = `${'x'.repeat(251)}.gif`
    assert.equal(safeName(longest), longest)
    assert.equal(safeName(`x${longest}`), longest)
    assert.equal(safeName('é'.repeat(127)), 'é'.repeat(127))
    assert.equal(safeName('é'.repeat(128)), 'é'.repeat(127))
  })

  test('of 200,000 characters takes no time to speak of', () => {
    for (const character of ['.', ' ', 'é', '\u200b', '..\\', ' .', 'con']) {
      const start = performance.now()
      assert.equal(complaint(safeName(character.repeat(200_000))), undefined)
      assert.ok(performance.now() - start < 2_000, character)
    }
  })
})

describe('a path', () => {
  test('stays below the root and short enough, whatever it was made from', () => {
    fc.assert(
      fc.property(hostileName, (raw) => {
        const path = safePath(raw)
        for (const name of path.split('/')) assert.equal(complaint(name), undefined, JSON.stringify({ raw, path }))
        assert.equal(posix.relative('/out', posix.resolve('/out', path)), path)
        assert.equal(win32.relative('C:\\out', win32.resolve('C:\\out', path)), path.replaceAll('/', '\\'))
        assert.ok(Buffer.byteLength(path) <= 768)
        assert.equal(safePath(path), path)
      }),
      RUNS,
    )
  })

  const cases: readonly [raw: string, path: string][] = [
    ['a/b/c.gif', 'a/b/c.gif'],
    ['/etc/passwd', 'etc/passwd'],
    ['../../x', '_/_/x'],
    ['a/../b', 'a/_/b'],
    ['a//b/./c', 'a/b/c'],
    ['a\\b/c', 'a_b/c'],
    ['a/', 'a'],
    ['/', '_'],
    ['.halyard/journal.jsonl', '_halyard/journal.jsonl'],
    ['.ssh/authorized_keys', '_ssh/authorized_keys'],
  ]
  for (const [raw, path] of cases) {
    test(`${JSON.stringify(raw)} becomes ${JSON.stringify(path)}`, () => assert.equal(safePath(raw), path))
  }

  test('that is too long loses its innermost folders, never its first nor its file', () => {
    const path = safePath(`first/${'folder/'.repeat(500)}file.gif`)
    assert.match(path, /^first\/folder\/(folder\/)*file\.gif$/)
    assert.ok(path.length > 700 && path.length <= 768, `${path.length}`)
  })
})
