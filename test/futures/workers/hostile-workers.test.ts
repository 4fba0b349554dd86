import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProcessPoolExecutor, setLogger } from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import { hangUp, listenIn, speakOutOfTurn } from '../../fixtures/workers/channel.js'
import { runProgram } from '../../support/child-program.js'
import { childrenOf, within } from '../../support/os-processes.js'
import { kinds, rejection, testPools, type Pool } from '../../support/worker-pools.js'

testPools("a task that sends messages of its own over its worker's channel disturbs nobody", async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  assert.equal(await pool.submit(speakOutOfTurn), 'said it')
  assert.equal(await pool.submit(listenIn), 0)
  assert.deepEqual(await pool.map(add, [1, 2, 3], [1, 1, 1]).toArray(), [2, 3, 4])
})

testPools('a task that cuts the line to the program fails its call, and the pool goes on', async ({ open, BrokenPoolError }) => {
  const pool = open({ maxWorkers: 1 })
  await pool.submit(add, 1, 2)
  const error = await rejection(pool.submit(hangUp))
  assert.ok(error instanceof BrokenPoolError, String(error))
  assert.equal(await pool.submit(add, 3, 4), 7)
})

/** Every way to hear of it is fine: the constructor, submit(), the future. Silence is not. */
async function firstCall(open: () => Pool): Promise<unknown> {
  return rejection(
    (async () => {
      await open().submit(add, 1, 2)
    })(),
  )
}

testPools('workers that cannot start because of their execArgv are a clear error, and nothing is left behind', async (scene) => {
  const previous = setLogger(() => {})
  scene.t.after(() => setLogger(previous))
  const error = await firstCall(() => scene.open({ maxWorkers: 1, execArgv: ['--no-such-option-in-node'], startTimeout: 3_000 }))
  assert.ok(error instanceof Error)
  assert.notEqual(error.name, 'TimeoutError')
  assert.ok(await within(2_000, () => childrenOf(process.pid).length === 0))
})

for (const kind of kinds) {
  test(`a program given on the command line can use the functions of files, and its own are refused (${kind})`, async (t) => {
    const Pool = kind === 'threads' ? 'ThreadPoolExecutor' : 'ProcessPoolExecutor'
    const text = `
      import { ${Pool} } from ${JSON.stringify(import.meta.resolve('halyard/futures'))}
      import { add } from ${JSON.stringify(new URL('../../fixtures/workers/arithmetic.js', import.meta.url).href)}
      console.log('main')
      export function own(n) { return n }
      await using_()
      async function using_() {
        const pool = new ${Pool}(1)
        console.log(await pool.submit(add, 1, 2))
        console.log((await pool.submit(own, 1).exception()).name)
        await pool.shutdown()
      }`
    const { code, stdout, stderr } = await runProgram(t, '-e', { execArgv: ['--input-type=module'], args: [text] })
    assert.equal(code, 0, stderr)
    assert.deepEqual(stdout.trim().split('\n'), ['main', '3', 'TaskNotFoundError'])
  })
}

test('a process that is killed from outside while it starts costs nothing: another runs the call', async () => {
  await using pool = new ProcessPoolExecutor(1)
  const before = new Set(childrenOf(process.pid))
  const sum = pool.submit(add, 1, 2)
  // It takes a hundred times longer to say hello than to be found.
  const started = childrenOf(process.pid).filter((pid) => !before.has(pid))
  assert.notEqual(started.length, 0)
  // One of them may be the shell that watches over the processes; it is replaced as well.
  for (const pid of started) process.kill(pid, 'SIGKILL')
  assert.equal(await sum, 3)
})
