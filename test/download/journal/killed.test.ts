/** A program that is killed while it records. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { startProgram } from '../../support/child-program.js'
import { randomFrom } from '../../support/random.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { FileJournal, layoutOf } from './journal-modules.js'

const PROGRAM = new URL('../../fixtures/programs/record-until-killed.js', import.meta.url)
const KILLS = 4

test('killed at any moment, a journal has everything that was acknowledged, and the next run goes on from there', async (t) => {
  const output = temporaryFolder(t)
  const { journal: path } = layoutOf(output)
  const random = randomFrom(20_261_122)
  let recorded = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const program = startProgram(t, PROGRAM, { args: [output, String(kill)] })
    // It is somewhere behind the number that is seen here when the signal reaches it.
    await program.printed(new RegExp(`(?:^\\d+\\n){${1 + Math.floor(random() * 60)}}`, 'm'))
    program.kill('SIGKILL')
    const { stdout, stderr } = await program.ended
    assert.equal(stderr, '')
    const lines = stdout.split('\n')
    assert.equal(lines[0], `resumed ${recorded}`, 'the run before left what it had, whole')
    const acknowledged = Number(lines.at(-2))

    const bytes = readFileSync(path)
    const torn = bytes.subarray(bytes.lastIndexOf(10) + 1)
    assert.ok(torn.length < 1_000, `${torn.length} bytes of torn line are less than one record`)
    const ids = bytes
      .toString('utf8', 0, bytes.length - torn.length)
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly id: number }).id)
    assert.deepEqual(ids, Array.from(ids.keys()), 'each line once, in order')
    assert.ok(ids.length > acknowledged, `acknowledged up to ${acknowledged}, recorded ${ids.length}`)
    recorded = ids.length
  }
  const journal = new FileJournal(path)
  assert.equal(journal.firstUndone(), recorded)
  await journal.close()
})
