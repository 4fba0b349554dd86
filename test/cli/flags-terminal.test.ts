/** `halyard flags` on a terminal: the progress bar, and Ctrl-C as it is typed. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startFlagServer } from 'halyard/flag-server'
import { styles } from '../support/flags-command.js'
import { MAIN_URL } from '../support/main-url.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { noTerminal, onTerminal } from '../support/terminal.js'
import { oneOf } from '../support/thorough.js'

const HALYARD = `'${process.execPath}' '${fileURLToPath(MAIN_URL)}'`

test('the progress bar of the book is drawn in 80 columns, and stays above the report', { skip: noTerminal }, async (t) => {
  const terminal = onTerminal(t, `${HALYARD} flags -s DELAY --delay 0.2`, { cwd: temporaryFolder(t) })
  assert.equal(await terminal.ended, 0)
  const [before, after, ...more] = terminal.screen().split('--------------------')
  assert.deepEqual(more, [])
  assert.match(before!, /concurrent connections will be used\.\r\n\r {2}0%\| +\| 0\/20 \[00:00<\?, \?it\/s\] *\r/)
  assert.match(before!, /\r100%\|█+\| 20\/20 \[\d\d:\d\d<00:00, [ \d]\d\.\d\dit\/s\] *\r\n$/)
  assert.match(after!, /^\r\n 20 flags downloaded\.\r\n/)
  for (const drawing of before!.split(/[\r\n]+/)) assert.ok(drawing.length < 80, drawing)
})

test('the progress bar uses no escape sequences', { skip: noTerminal }, async (t) => {
  const terminal = onTerminal(t, `${HALYARD} flags`, { cwd: temporaryFolder(t) })
  await terminal.ended
  // oxlint-disable-next-line no-control-regex -- controls are the subject
  assert.doesNotMatch(terminal.screen(), /\u001b/)
})

for (const [what, args, env] of oneOf([
  ['with -v', '-v', {}],
  ['on a dumb terminal', '', { TERM: 'dumb' }],
] as const)) {
  test(`there is no progress bar ${what}`, { skip: noTerminal }, async (t) => {
    const terminal = onTerminal(t, `${HALYARD} flags ${args}`, { cwd: temporaryFolder(t), env })
    assert.equal(await terminal.ended, 0)
    assert.doesNotMatch(terminal.screen(), /█|it\/s|\r(?!\n)/)
    assert.match(terminal.screen(), / 20 flags downloaded\./)
  })
}

test('there is no progress bar where the talk does not go to the terminal', { skip: noTerminal }, async (t) => {
  const folder = temporaryFolder(t)
  const terminal = onTerminal(t, `${HALYARD} flags 2>talk`, { cwd: folder })
  await terminal.ended
  assert.doesNotMatch(terminal.screen(), /█/)
  assert.deepEqual(readdirSync(folder).sort(), ['downloads', 'talk'])
})

// Of every style without a terminal: flags-interrupt.test.ts.
for (const style of oneOf(styles)) {
  test(
    `Ctrl-C typed in the middle prints the report below the bar and ends with 130 (${style})`,
    { skip: noTerminal },
    async (t) => {
      await using server = await startFlagServer({ silence: 'before-headers' })
      const folder = temporaryFolder(t)
      const command = `${HALYARD} flags b --style ${style} --base-url ${server.flagsUrl}`
      const terminal = onTerminal(t, command, { cwd: folder })
      await server.log.waitFor(({ outcome }) => outcome === 'silent')
      terminal.type('\u0003')
      assert.equal(await terminal.ended, 130)
      assert.match(terminal.screen(), / 0\/26 \[.*\] *\r\n-{20}\r\n {2}0 flags downloaded\.\r\nElapsed time: \d+\.\d\ds\r\n$/)
      assert.deepEqual(readdirSync(join(folder, 'downloads')), [])
    },
  )
}
