import assert from 'node:assert/strict'
import { test } from 'node:test'

const { plainLine, printable } = (await import(
  new URL('../../../dist/text/index.js', import.meta.url).href
)) as typeof import('../../src/text/index.js')

test('ordinary text of any language is left alone', () => {
  for (const text of ["418 - I'm a Teapot", 'Côte d’Ivoire', '日本', 'עברית', '🇧🇷', '~!@#$%^&*()']) {
    assert.equal(printable(text, '?'), text)
  }
})

test('what moves the cursor, turns the writing or hides is replaced', () => {
  const codes = [
    0x00, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x1b, 0x7f, 0x85, 0x9b, 0x61c, 0x200b, 0x200e, 0x2028, 0x202e, 0x2066, 0x2069, 0xfeff,
  ]
  for (const code of codes) assert.equal(printable(`a${String.fromCodePoint(code)}b`, '?'), 'a?b', code.toString(16))
})

test('halves of characters are replaced, whole ones are not', () => {
  assert.equal(printable('a\u001b]0;x\u0007b\u202ec\u200bd\ud800e😀', '\ufffd'), 'a\ufffd]0;x\ufffdb\ufffdc\ufffdd\ufffde😀')
})

test('a plain line has no line breaks and no tabs', () => {
  assert.equal(plainLine('a\r\n\tb \u001b[31m'), 'a b ?[31m')
})
