import assert from 'node:assert/strict'
import { appendFileSync, cpSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { ProcessPoolExecutor, ThreadPoolExecutor } from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import { readEnv } from '../../fixtures/workers/settings.js'
import { raiseFlag } from '../../fixtures/workers/values.js'
import { childrenOf, within } from '../../support/os-processes.js'
import { temporaryFolder } from '../../support/tally.js'
import { causes, rejectionOf, testPools } from '../../support/worker-pools.js'

for (const [Pool, entry] of [
  [ThreadPoolExecutor, 'thread-entry.js'],
  [ProcessPoolExecutor, 'process-entry.js'],
] as const) {
  test(`${Pool.name} starts its workers from a copy of the folder that the advice names`, async (t) => {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    cpSync(new URL('../../../../dist/futures', import.meta.url), join(folder, 'futures'), { recursive: true })
    const file = join(folder, 'futures', 'worker', entry)
    appendFileSync(file, "\nprocess.env.HALYARD_TEST_BOOTSTRAP = 'the copy'\n")
    await using pool = new Pool({ maxWorkers: 1, bootstrap: pathToFileURL(file) })
    assert.equal(await pool.submit(readEnv, 'HALYARD_TEST_BOOTSTRAP'), 'the copy')
    assert.deepEqual(await pool.map(add, [1, 2], [3, 4]).toArray(), [4, 6])
  })
}

/**
 * What a worker may find instead of our bootstrap when an application was bundled: another program of the same name, an empty file,
 * nothing. Whatever it is, the caller learns within the start timeout which file was run; it never hangs.
 */
const wrongFiles: Record<string, string | undefined> = {
  'that never answers': 'setInterval(() => {}, 1000)',
  'that is busy with itself': 'for (;;);',
  'that throws': "throw new Error('this is another program')",
  'that rejects': "await Promise.reject(new Error('this is another program'))",
  'that ends at once': '',
  'that exits with a code': 'process.exit(3)',
  'that has a syntax error': 'this is not JavaScript',
  'that says things we did not ask for': `
    import { parentPort } from 'node:worker_threads'
    const say = (message) => parentPort ? parentPort.postMessage(message) : process.send(message)
    for (const message of ['ready', true, null, 1, { type: 'ready' }, { ready: true }, [], { type: 'hello', token: 'guess' }]) say(message)
    setInterval(() => say({ type: 'ready' }), 20)`,
  'that does not exist': undefined,
}

for (const [what, text] of Object.entries(wrongFiles)) {
  testPools(`a bootstrap file ${what} is an error that names the file, within the start timeout`, async (scene) => {
    const { t, open, BrokenPoolError } = scene
    const file = join(temporaryFolder(t), 'wrong-worker.mjs')
    if (text !== undefined) writeFileSync(file, text)
    assert.equal(existsSync(file), text !== undefined)
    // A file that ends by itself is known to be wrong at once; for the others somebody has to lose patience.
    const lives = /setInterval|for \(;;\)/.test(text ?? '')
    const pool = open({ maxWorkers: 2, bootstrap: pathToFileURL(file), startTimeout: lives ? 600 : 60_000 })
    const before = performance.now()
    const futures = [pool.submit(add, 1, 1), pool.submit(add, 2, 2), pool.submit(add, 3, 3)]
    for (const future of futures) {
      const error = await rejectionOf(BrokenPoolError, future)
      const story = causes(error)
        .map((cause) => String(cause))
        .join('\n')
      assert.match(story, /wrong-worker\.mjs/)
      assert.match(
        story,
        scene.kind === 'threads' ? /folder dist\/futures .* worker\/thread-entry\.js/ : /worker\/process-entry\.js/,
      )
      // What a process says before it dies goes to stderr; a thread hands over the error itself.
      if (scene.kind === 'threads' && text?.includes('another program') === true) assert.match(story, /this is another program/)
    }
    const took = performance.now() - before
    assert.ok(took < 5_000, `it took ${took} ms`)
    // Nothing that was started stays behind, not even the one that is busy with itself.
    await pool.shutdown()
    assert.ok(await within(2_000, () => childrenOf(process.pid).length === 0), 'a process is left')
  })
}

testPools('a pool that never got a worker refuses work and shuts down', async ({ t, open, BrokenPoolError }) => {
  const missing = pathToFileURL(join(temporaryFolder(t), 'wrong-worker.mjs'))
  const pool = open({ maxWorkers: 1, bootstrap: missing, startTimeout: 500 })
  await rejectionOf(BrokenPoolError, pool.submit(add, 1, 1))
  for (let i = 0; i < 5; i += 1) {
    // Either the pool is broken by now and says so at the door, or it tried again and failed again; it never pretends.
    try {
      await rejectionOf(BrokenPoolError, pool.submit(add, 1, 1))
    } catch (error) {
      assert.ok(error instanceof BrokenPoolError, String(error))
    }
  }
  await pool.shutdown()
})

test('a program that computes while its worker starts does not take it for one that never answered', async () => {
  const started = new SharedArrayBuffer(4)
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1, startTimeout: 1, initializer: raiseFlag, initargs: [started, 1] })
  const future = pool.submit(add, 1, 2)
  // By the time this thread sees anything again, the worker has answered and its time is over.
  Atomics.wait(new Int32Array(started), 0, 0, 10_000)
  assert.equal(await future, 3)
})
