import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../../support/child-program.js'
import { oneOf } from '../../support/thorough.js'
import { drawnKinds } from '../../support/worker-pools.js'

const program = new URL('../../fixtures/workers/programs/speaks.js', import.meta.url)
const names = ['a', 'b', 'c', 'd']

/** What the four tasks printed: every line whole, and of each task all of them in order. */
function assertWholeLines(lines: readonly string[], count: number, length: number): void {
  const whole = new RegExp(`^([abcd])\\d{4}:\\1{${length}}$`)
  for (const line of lines) {
    assert.ok(
      whole.test(line),
      `a line was cut or mixed with another: ${line.slice(0, 60)} … ${line.slice(-60)} (${line.length})`,
    )
  }
  for (const name of names) {
    const own = lines.filter((line) => line.startsWith(name)).map((line) => line.slice(0, 6))
    const expected = Array.from({ length: count }, (_, i) => `${name}${String(i).padStart(4, '0')}:`)
    assert.deepEqual(own, expected, `the lines of ${name}, complete and in order`)
  }
}

for (const kind of drawnKinds()) {
  const length = kind === 'threads' ? 6_000 : 600

  for (const exit of oneOf(['process.exit', 'shutdown', 'nothing'])) {
    test(`what tasks printed is there before their results, also when the program ends with ${exit} (${kind})`, async (t) => {
      const { code, stdout, stderr } = await runProgram(t, program, { args: [kind, 'short lines', exit] })
      assert.equal(code, 0, stderr)
      const lines = stdout.split('\n')
      assert.deepEqual(lines.splice(-2), ['result', ''])
      assertWholeLines(lines, 20, 600)
    })
  }

  test(`many lines stay whole, and none is lost (${kind})`, async (t) => {
    const { code, stdout, stderr } = await runProgram(t, program, { args: [kind, 'many lines', 'nothing'] })
    assert.equal(code, 0, stderr)
    const lines = stdout.split('\n')
    assert.equal(lines.pop(), '', 'the last line is ended')
    assert.equal(lines.filter((line) => line === 'result').length, 1)
    const printed = lines.filter((line) => line !== 'result')
    assertWholeLines(printed, 60, length)
  })

  test(`what tasks print to stderr goes to stderr, in whole lines too (${kind})`, async (t) => {
    const { code, stdout, stderr } = await runProgram(t, program, { args: [kind, 'many errors', 'nothing'] })
    assert.equal(code, 0)
    assert.equal(stdout, 'result\n')
    assertWholeLines(stderr.split('\n').slice(0, -1), 60, length)
  })

  for (const exit of oneOf(['process.exit', 'nothing'])) {
    test(`a line without an end is not lost when the program ends with ${exit} (${kind})`, async (t) => {
      const { code, stdout, stderr } = await runProgram(t, program, { args: [kind, 'unfinished', exit] })
      assert.equal(code, 0, stderr)
      for (const name of names) assert.ok(stdout.includes(`<${name} without an end of line>`), stdout)
      assert.ok(stdout.includes('result'))
    })
  }
}
