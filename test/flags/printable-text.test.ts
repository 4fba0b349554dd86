import assert from 'node:assert/strict'
import { test } from 'node:test'

const { printableText } = (await import(
  new URL('../../../dist/flags/printable-text.js', import.meta.url).href
)) as typeof import('../../src/flags/printable-text.js')

test('ordinary text of any language is left alone', () => {
  for (const text of ["418 - I'm a Teapot", 'Côte d’Ivoire', '日本', 'עברית', '🇧🇷', '~!@#$%^&*()']) {
    assert.equal(printableText(text), text)
  }
})

test('what moves the cursor, turns the writing or hides is replaced', () => {
  const codes = [
    0x00, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x1b, 0x7f, 0x85, 0x9b, 0x61c, 0x200b, 0x200e, 0x2028, 0x202e, 0x2066, 0x2069, 0xfeff,
  ]
  for (const code of codes) assert.equal(printableText(`a${String.fromCodePoint(code)}b`), 'a?b', code.toString(16))
})
