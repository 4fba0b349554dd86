import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../../support/child-program.js'
import { kinds } from '../../support/worker-pools.js'

const program = new URL('../../fixtures/workers/programs/speaks.js', import.meta.url)
const names = ['a', 'b', 'c', 'd']

for (const kind of kinds) {
  for (const exit of ['process.exit', 'shutdown', 'nothing']) {
    test(`what tasks printed is there in whole lines when the program ends with ${exit} (${kind})`, async (t) => {
      const { code, stdout, stderr } = await runProgram(t, program, { args: [kind, 'lines', exit] })
      assert.equal(code, 0, stderr)
      const lines = stdout.split('\n')
      assert.equal(lines.pop(), '', 'the last line is ended')
      const printed = lines.filter((line) => line !== 'result')
      for (const line of printed) {
        const whole = /^([abcd])\d{4}:\1{400}$/.test(line)
        assert.ok(whole, `a line was cut or mixed with another: ${line.slice(0, 60)} … ${line.slice(-60)} (${line.length})`)
      }
      for (const name of names) {
        const own = printed.filter((line) => line.startsWith(name)).map((line) => line.slice(0, 6))
        const expected = Array.from({ length: 100 }, (_, i) => `${name}${String(i).padStart(4, '0')}:`)
        assert.deepEqual(own, expected, `the lines of ${name}, complete and in order`)
      }
      assert.equal(lines.at(-1), 'result', 'what a task printed comes before its result')
    })
  }

  test(`what tasks print to stderr comes in whole lines too (${kind})`, async (t) => {
    const { code, stdout, stderr } = await runProgram(t, program, { args: [kind, 'errors', 'process.exit'] })
    assert.equal(code, 0)
    assert.equal(stdout, 'result\n')
    const lines = stderr.split('\n').slice(0, -1)
    assert.equal(lines.length, 400)
    for (const line of lines) assert.match(line, /^([abcd])\d{4}:\1{400}$/)
  })

  for (const exit of ['process.exit', 'nothing']) {
    test(`a line without an end is not lost when the program ends with ${exit} (${kind})`, async (t) => {
      const { code, stdout, stderr } = await runProgram(t, program, { args: [kind, 'unfinished', exit] })
      assert.equal(code, 0, stderr)
      for (const name of names) assert.ok(stdout.includes(`<${name} without an end of line>`), stdout)
      assert.ok(stdout.includes('result'))
    })
  }
}
