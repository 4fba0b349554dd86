import assert from 'node:assert/strict'
import { test } from 'node:test'

const { terminalOf } = (await import(
  new URL('../../../dist/cli/terminal.js', import.meta.url).href
)) as typeof import('../../src/cli/terminal.js')
const UTF8 = { LANG: 'en_US.UTF-8' }
const TTY = { isTTY: true, columns: 100 }

test('a terminal is live and coloured, a pipe is neither', () => {
  assert.deepEqual(terminalOf(TTY, UTF8), { live: true, columns: 100, color: true, ascii: false })
  assert.deepEqual(terminalOf({}, UTF8), { live: false, columns: 80, color: false, ascii: false })
})

test('NO_COLOR takes the colours away if it says anything, and a dumb terminal has none', () => {
  assert.equal(terminalOf(TTY, { ...UTF8, NO_COLOR: '1' }).color, false)
  assert.equal(terminalOf(TTY, { ...UTF8, NO_COLOR: '' }).color, true)
  assert.deepEqual(terminalOf(TTY, { ...UTF8, TERM: 'dumb' }), { live: false, columns: 100, color: false, ascii: false })
})

test('the first variable of the locale that says anything decides whether there is more than ASCII', () => {
  const ascii = (env: Record<string, string>): boolean => terminalOf(TTY, env).ascii
  assert.equal(ascii({ LANG: 'de_DE.UTF-8' }), false)
  assert.equal(ascii({ LANG: 'C.utf8' }), false)
  assert.equal(ascii({ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }), true)
  assert.equal(ascii({ LC_ALL: '', LC_CTYPE: 'en_US.UTF-8', LANG: 'C' }), false)
  assert.equal(ascii({ LANG: 'de_DE.ISO-8859-1' }), true)
  assert.equal(ascii({}), true)
  assert.equal(terminalOf(TTY, {}, 'win32').ascii, false)
})

test('a terminal that does not know its width has 80 columns, or what COLUMNS says', () => {
  assert.equal(terminalOf({ isTTY: true, columns: 0 }, UTF8).columns, 80)
  assert.equal(terminalOf({}, { ...UTF8, COLUMNS: '60' }).columns, 60)
  assert.equal(terminalOf(TTY, { ...UTF8, COLUMNS: '60' }).columns, 100)
  assert.equal(terminalOf({}, { ...UTF8, COLUMNS: 'wide' }).columns, 80)
})
