import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../../support/child-program.js'
import { drawnKinds } from '../../support/worker-pools.js'

const program = (name: string): URL => new URL(`../../fixtures/workers/programs/${name}.js`, import.meta.url)

for (const kind of drawnKinds()) {
  test(`a thousand calls leave no listener behind and warn of none (${kind})`, async (t) => {
    const { code, stdout, stderr } = await runProgram(t, program('thousand-calls'), { args: [kind], timeout: 20_000 })
    assert.equal(code, 0, stderr)
    assert.equal(stderr, '')
    const { sum, warnings, listeners, processListeners } = JSON.parse(stdout) as Record<string, unknown>
    assert.equal(sum, 2 * ((500 * 499) / 2 + 500))
    assert.deepEqual(warnings, [])
    assert.equal(listeners, 0, 'listeners left on the signal')
    assert.ok(Number(processListeners) <= 2, `${String(processListeners)} listeners for the exit of the program`)
  })

  test(`pools that are shut down leave no thread, process, file or timer behind (${kind})`, async (t) => {
    const { code, stdout, stderr } = await runProgram(t, program('leaves-nothing'), { args: [kind, '4'], timeout: 25_000 })
    assert.equal(code, 0, stderr)
    const { before, after, resources } = JSON.parse(stdout) as {
      before: { threads: number; files: number; exit: number }
      after: { threads: number; files: number; exit: number }
      resources: string[]
    }
    assert.ok(after.threads <= before.threads + 1, `threads: ${before.threads} before, ${after.threads} after`)
    assert.ok(after.files <= before.files + 2, `open files: ${before.files} before, ${after.files} after`)
    assert.ok(after.exit <= before.exit, `exit listeners: ${before.exit} before, ${after.exit} after`)
    // What is left is the program's own standard output and error.
    const own = new Set(['TTYWrap', 'PipeWrap', 'FSReqCallback'])
    assert.deepEqual(
      resources.filter((resource) => !own.has(resource)),
      [],
    )
    assert.ok(resources.filter((resource) => resource === 'PipeWrap').length <= 2, resources.join(' '))
  })
}
