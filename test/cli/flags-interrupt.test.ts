/** `halyard flags` when somebody wants it to end. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { counts, styles } from '../support/flags-command.js'
import { startHalyard } from '../support/halyard.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { someOf } from '../support/thorough.js'

for (const style of someOf(2, styles)) {
  test(`Ctrl-C in the middle prints the report so far and ends with 130 (${style})`, async (t) => {
    await using server = await startFlagServer({
      faultsFor: ({ path }) => (/\/b[a-f]\./.test(path) ? {} : { silence: 'before-headers' }),
    })
    const folder = temporaryFolder(t)
    const args = ['flags', 'b', '-m', '4', '--style', style, '--base-url', server.flagsUrl]
    const program = startHalyard(t, args, { cwd: folder })
    // BA to BF are answered, the next are not.
    await server.log.waitFor(({ outcome }) => outcome === 'silent')
    await server.log.waitFor(({ path, outcome }) => path.includes('/bf.') && outcome === 'complete')
    program.killGroup('SIGINT')
    const { code, stdout, stderr } = await program.ended
    assert.equal(stderr, '')
    assert.equal(code, 130)
    assert.match(stdout, /\n-{20}\n +\d flags? downloaded\.\n(?: +1 not found\.\n)?Elapsed time: \d+\.\d\ds\n$/)
    const saved = readdirSync(join(folder, 'downloads'))
    assert.ok(
      saved.every((name) => /^b[abdef]\.gif$/.test(name)),
      saved.join(' '),
    )
    assert.ok(counts(stdout)[0] <= saved.length)
  })
}

test('a second Ctrl-C ends the program at once', async (t) => {
  await using server = await startFlagServer({ silence: 'before-headers' })
  const program = startHalyard(t, ['flags', 'fr', '--base-url', server.flagsUrl], { cwd: temporaryFolder(t) })
  await server.log.waitFor(({ outcome }) => outcome === 'silent')
  program.kill('SIGINT')
  program.kill('SIGINT')
  const { code, signal } = await program.ended
  // Whichever comes first: the report after the first, or the end by the second.
  assert.ok(code === 130 || signal === 'SIGINT', `${code} ${signal}`)
})

test('SIGTERM prints the report and ends with 143', async (t) => {
  await using server = await startFlagServer({ silence: 'before-headers' })
  const program = startHalyard(t, ['flags', 'fr', '--base-url', server.flagsUrl], { cwd: temporaryFolder(t) })
  await server.log.waitFor(({ outcome }) => outcome === 'silent')
  program.kill('SIGTERM')
  const { code, stdout } = await program.ended
  assert.equal(code, 143)
  assert.match(stdout, /\n {2}0 flags downloaded\.\n/)
})
