/** `halyard get` and `halyard verify` on a terminal: lines that are drawn again, and go away. */
import assert from 'node:assert/strict'
import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startFlagServer } from 'halyard/flag-server'
import { get, writeList } from '../support/get-command.js'
import { MAIN_URL } from '../support/main-url.js'
import { Screen } from '../support/screen.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { noTerminal, onTerminal } from '../support/terminal.js'

const HALYARD = `'${process.execPath}' '${fileURLToPath(MAIN_URL)}'`
const UTF8 = { LC_ALL: 'C.UTF-8' }

/** What a terminal that received `text` shows in the end. */
function shown(text: string): string {
  const screen = new Screen(80, 24)
  screen.write(text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'))
  return screen.text
}

test('progress is drawn while it goes on, and only the summary stays', { skip: noTerminal }, async (t) => {
  await using server = await startFlagServer({ delay: 0.3 })
  const folder = temporaryFolder(t)
  writeList(
    folder,
    ['br', 'cn', 'in'].map((cc) => `${server.flagsUrl}/${cc}/${cc}.gif`),
  )
  const terminal = onTerminal(t, `${HALYARD} get -i list.txt -j 1`, { cwd: folder, env: UTF8 })
  assert.equal(await terminal.ended, 0)
  assert.match(terminal.screen(), / 33 % {2}█+░+ {2}1 of 3\b/)
  assert.match(shown(terminal.screen()), /^3 ok; 11\.9 KB in [\d.]+ s.*, into downloads$/)
})

test('there are no paths on a terminal, but the lines of -v stay', { skip: noTerminal }, async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  const terminal = onTerminal(t, `${HALYARD} get ${server.flagsUrl}/br/br.gif -v`, { cwd: folder, env: UTF8 })
  assert.equal(await terminal.ended, 0)
  const lines = shown(terminal.screen()).split('\n')
  assert.match(lines.at(-2)!, /^ok br\.gif, /)
  assert.match(lines.at(-1)!, /^1 ok; /)
  assert.doesNotMatch(terminal.screen(), /downloads\/br\.gif/)
})

test('where the locale is not UTF-8 every line is ASCII', { skip: noTerminal }, async (t) => {
  await using server = await startFlagServer({ delay: 0.2 })
  const command = `${HALYARD} get ${server.flagsUrl}/br/br.gif`
  const terminal = onTerminal(t, command, { cwd: temporaryFolder(t), env: { LC_ALL: 'C' } })
  await terminal.ended
  // oxlint-disable-next-line no-control-regex -- controls are the subject
  assert.match(terminal.screen(), /^[\u001b\r\n\x20-\x7e]*$/)
  assert.match(terminal.screen(), / 0 % {2}\.+ {2}0 of 1/)
})

test('a dumb terminal gets plain lines', { skip: noTerminal }, async (t) => {
  await using server = await startFlagServer()
  const command = `${HALYARD} get ${server.flagsUrl}/br/br.gif`
  const terminal = onTerminal(t, command, { cwd: temporaryFolder(t), env: { ...UTF8, TERM: 'dumb' } })
  await terminal.ended
  assert.match(terminal.screen(), /^1 ok; .*\r\n$/)
})

test(
  'Ctrl-C typed in the middle leaves a tidy screen: what happens, how far it came, how to go on',
  { skip: noTerminal },
  async (t) => {
    await using server = await startFlagServer({ silence: 'before-headers' })
    const folder = temporaryFolder(t)
    const url = `${server.flagsUrl}/br/br.gif`
    const terminal = onTerminal(t, `${HALYARD} get ${url}`, { cwd: folder, env: UTF8 })
    await server.log.waitFor(({ outcome }) => outcome === 'silent')
    terminal.type('\u0003')
    assert.equal(await terminal.ended, 130)
    const [stopping, figures, ...rest] = shown(terminal.screen())
      .split('\n')
      .filter((line) => line !== '')
    assert.match(stopping!, /^Stopping: 3 s for what is on its way\. Ctrl-C again stops at once\.$/)
    assert.match(figures!, /^0 of 1: 0 ok; 0 B in /)
    assert.deepEqual(rest.slice(-3), ['Exit status 130: interrupted by Ctrl-C.', 'To continue:', `  halyard get ${url}`])
  },
)

test('what verify finds stands on lines of its own, whatever is drawn at the time', { skip: noTerminal }, async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  await get(t, folder, [`${server.flagsUrl}/br/br.gif`, `${server.flagsUrl}/cn/cn.gif`, '-j', '1'])
  // So large that the count of files is drawn while this one is read. All of it is a hole.
  truncateSync(join(folder, 'downloads', 'cn.gif'), 256 * 1024 * 1024)
  const terminal = onTerminal(t, `${HALYARD} verify downloads`, { cwd: folder, env: UTF8 })
  assert.equal(await terminal.ended, 1)
  assert.match(shown(terminal.screen()), /^cn\.gif: changed: /m)
})
