import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAlive, within } from '../../support/os-processes.js'
import { runProgram, startProgram } from '../../support/child-program.js'
import { Tally } from '../../support/tally.js'
import { oneOf, someOf } from '../../support/thorough.js'
import { drawnKinds } from '../../support/worker-pools.js'

const program = (name: string): URL => new URL(`../../fixtures/workers/programs/${name}.js`, import.meta.url)

for (const kind of drawnKinds()) {
  test(`calls that fail and are never looked at end a program with exit code 0 and not a word (${kind})`, async (t) => {
    const ran = new Tally(t)
    const { code, signal, stdout, stderr } = await runProgram(t, program('forgotten-failures'), { args: [kind, ran.path] })
    assert.deepEqual([code, signal], [0, null], stderr)
    assert.doesNotMatch(stderr, /UnhandledPromiseRejection|unhandledRejection|triggerUncaughtException/)
    assert.match(stdout, /settled: finished/)
    assert.match(stdout, /the last one ran/)
    assert.match(stdout, /exit 0/)
    assert.deepEqual(ran.lines, ['ran'])
  })

  for (const mode of oneOf(['at once', 'after a pause', 'after shutdown'])) {
    test(`a pending call keeps the program alive until it is done ${mode} (${kind})`, async (t) => {
      const ran = new Tally(t)
      const { code, stdout, stderr } = await runProgram(t, program('pending-call'), { args: [kind, ran.path, mode] })
      assert.equal(code, 0, stderr)
      assert.match(stdout, /nothing more to do\ndone: started/)
      assert.deepEqual(ran.lines, [...(mode === 'after a pause' ? ['first'] : []), 'started', 'second', 'third'])
    })
  }

  for (const what of someOf(2, ['terminate', 'terminate at once', 'kill', 'abort', 'break', 'shutdown'])) {
    test(`a program that waits at top level for a call never ends with exit code 13: ${what} (${kind})`, async (t) => {
      const { code, stdout, stderr } = await runProgram(t, program('settles'), { args: [kind, what] })
      assert.equal(code, 0, `${stdout}\n${stderr}`)
      const [running, waiting] = stdout.split('\n')
      const broken = kind === 'threads' ? 'BrokenThreadPoolError' : 'BrokenProcessPoolError'
      const killed = what.startsWith('terminate') || what === 'kill'
      assert.equal(running, killed || what === 'break' ? broken : 'CancelledError')
      if (killed || what === 'shutdown') assert.equal(waiting, 'CancelledError')
      else assert.equal(waiting, what === 'break' ? broken : 'value 3')
    })
  }
}

for (const uncaught of oneOf([false, true])) {
  const end = uncaught ? 'with exit code 1 if nobody catches that' : 'by itself with exit code 0 if that is caught'
  const args = uncaught ? ['uncaught'] : []

  test(`a program whose process is killed from outside by kill -9 ends ${end}`, async (t) => {
    const running = startProgram(t, program('settles'), { args: ['processes', 'kill -9', ...args] })
    const [, pid] = await running.printed(/pid (\d+)\n/)
    process.kill(Number(pid), 'SIGKILL')
    const { code, signal, stdout, stderr } = await running.ended
    assert.deepEqual([code, signal], [uncaught ? 1 : 0, null], stderr)
    if (uncaught) assert.match(stderr, /BrokenProcessPoolError: .* ended by SIGKILL/)
    else assert.equal(stdout, `pid ${pid}\nBrokenProcessPoolError\nvalue 3\n`)
  })

  for (const kind of drawnKinds()) {
    test(`a program whose task module throws on import ends ${end} (${kind})`, async (t) => {
      const { code, signal, stdout, stderr } = await runProgram(t, program('settles'), { args: [kind, 'import', ...args] })
      assert.deepEqual([code, signal], [uncaught ? 1 : 0, null], stderr)
      if (uncaught) assert.match(stderr, /RangeError: broken on purpose/)
      else assert.equal(stdout, 'RangeError\nvalue 3\n')
    })
  }
}

for (const mode of someOf(2, ['never used', 'with minWorkers', 'after failures', 'after an abort'])) {
  test(`idle pools that nobody shut down do not keep the program alive ${mode}`, async (t) => {
    const before = performance.now()
    const { code, stdout, stderr } = await runProgram(t, program('idle-pool'), { args: [mode], timeout: 8_000 })
    assert.equal(code, 0, stderr)
    assert.match(stdout, /end\n$/)
    assert.equal(stderr, '')
    assert.ok(performance.now() - before < 5_000)
  })
}

for (const [whatever, execArgv] of oneOf([
  ['', []],
  // Some are for the program alone, like the debugger's port, and a thread refuses others when it is given them by name.
  [
    ', and its workers start, whatever Node.js options it was started with',
    ['--inspect=127.0.0.1:0', '--max-old-space-size=300', '--stack-trace-limit=20', '--expose-gc', '--no-warnings'],
  ],
] as const)) {
  test(`a program that closes its executors with "await using" ends with exit code 0${whatever}`, async (t) => {
    const args = ['threads', 'processes', 'async', 'sequential']
    const { code, stdout, stderr } = await runProgram(t, program('uses-await-using'), { args, execArgv })
    assert.deepEqual([code, stdout], [0, '[11,22,33]\n'.repeat(4)], stderr)
    if (execArgv.length === 0) assert.equal(stderr, '')
  })
}

const ends = {
  'is killed with SIGKILL': 'SIGKILL',
  'is ended with SIGTERM': 'SIGTERM',
  'is ended with SIGHUP': 'SIGHUP',
  'calls process.exit()': 'exit',
  'dies of an uncaught error': 'throw',
  'dies of an unhandled rejection': 'reject',
}
for (const [how, end] of someOf(2, Object.entries(ends))) {
  test(`when a program ${how}, the processes of its pools are gone within 2 s`, async (t) => {
    const running = startProgram(t, program('has-children'), { args: [end] })
    const pids = (await running.printed(/pids (.*)\n/))[1]?.split(' ').map(Number) ?? []
    assert.equal(pids.length, 3)
    assert.equal(new Set(pids).size, 3)
    if (end.startsWith('SIG')) {
      for (const pid of pids) assert.ok(isAlive(pid))
      running.kill(end as NodeJS.Signals)
    }
    const { code, signal } = await running.ended
    assert.deepEqual([code, signal], end.startsWith('SIG') ? [null, end] : [end === 'exit' ? 3 : 1, null])
    assert.ok(await within(2_000, () => !pids.some(isAlive)), `still alive: ${pids.filter(isAlive).join(' ')}`)
  })
}
