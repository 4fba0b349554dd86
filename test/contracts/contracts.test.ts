/** The contracts find the flaw of a part that somebody else wrote, and nothing else in it. Ours run them in test/download. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { runProgram } from '../support/child-program.js'

const PROGRAM = new URL('../fixtures/programs/flawed-parts.js', import.meta.url)

describe('of parts with a flaw', () => {
  /** Whether a test passed, by its title. */
  let told: ReadonlyMap<string, boolean> = new Map()
  before(async () => {
    const { code, stdout } = await runProgram({ after: () => undefined }, PROGRAM, {
      execArgv: ['--test-reporter=tap'],
      timeout: 30_000,
    })
    assert.equal(code, 1, stdout)
    told = new Map([...stdout.matchAll(/^ {4}(not )?ok \d+ - (.+)$/gm)].map(([, not, title = '']) => [title, not === undefined]))
  })

  for (const [part, flaw, sound] of [
    [
      'source',
      'after an abort the next batch rejects with the reason, and files are closed',
      'reading again gives the same entries',
    ],
    ['sink', 'nothing can be seen before the commit, and after it all of it', 'an older file of the name is replaced'],
    ['fetcher', 'rejects a body that is cut short', 'delivers an empty body as a head without chunks'],
    ['journal', 'a second record for a line is refused, and the first one stays', 'lines may end in any order, and far apart'],
  ] as const) {
    test(`the contract of a ${part} says where it is broken`, () => {
      assert.deepEqual([told.get(flaw), told.get(sound)], [false, true])
    })
  }
})
