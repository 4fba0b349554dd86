import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { ProcessPoolExecutor, setLogger, ThreadPoolExecutor } from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import { heapLimit } from '../../fixtures/workers/heap.js'
import { myName, myPid, myToken } from '../../fixtures/workers/identity.js'
import { meetAndReturn } from '../../fixtures/workers/meet.js'
import { marks, marksAtInitialization, readEnv, readExecArgv, rememberMarks, writeEnv } from '../../fixtures/workers/settings.js'
import { isAlive, within } from '../../support/os-processes.js'
import { Rendezvous } from '../../support/rendezvous.js'
import { Tally, temporaryFolder } from '../../support/tally.js'
import { causes, rejectionOf, testPools } from '../../support/worker-pools.js'

const preload = new URL('../../fixtures/workers/preload.js', import.meta.url)

testPools('env is what the workers find in process.env, and theirs alone', async ({ open }) => {
  const pool = open({ maxWorkers: 1, env: { HALYARD_TEST_COLOUR: 'red' } })
  assert.equal(await pool.submit(readEnv, 'HALYARD_TEST_COLOUR'), 'red')
  assert.equal(process.env.HALYARD_TEST_COLOUR, undefined)
})

testPools('without env the workers find what this program has, and what they change stays theirs', async ({ t, open }) => {
  process.env.HALYARD_TEST_SHAPE = 'square'
  t.after(() => delete process.env.HALYARD_TEST_SHAPE)
  const pool = open({ maxWorkers: 1 })
  assert.equal(await pool.submit(readEnv, 'HALYARD_TEST_SHAPE'), 'square')
  assert.equal(await pool.submit(writeEnv, 'HALYARD_TEST_SHAPE', 'round'), 'round')
  assert.equal(process.env.HALYARD_TEST_SHAPE, 'square')
})

testPools('execArgv reaches the workers', async ({ open }) => {
  const { execArgv, noDeprecation } = await open({ maxWorkers: 1, execArgv: ['--no-deprecation'] }).submit(readExecArgv)
  assert.ok(execArgv.includes('--no-deprecation'), JSON.stringify(execArgv))
  assert.equal(noDeprecation, true)
})

testPools('every worker imports the modules of imports once, before its initializer and its first task', async ({ open }) => {
  for (const imports of [[preload], [preload.href]]) {
    const pool = open({ maxWorkers: 2, threads: 2, imports, initializer: rememberMarks })
    const all = await Promise.all(Array.from({ length: 6 }, () => pool.submit(marks)))
    for (const seen of all) assert.deepEqual(seen, ['preloaded'])
    assert.deepEqual(await pool.submit(marksAtInitialization), ['preloaded'])
  }
  assert.deepEqual(marks(), [], 'and nobody imported them here')
})

testPools('a module of imports that cannot be loaded breaks the pool, names the error, and starts no storm', async (scene) => {
  const tries = new Tally(scene.t)
  const file = join(temporaryFolder(scene.t), 'broken-import.mjs')
  const text = `import { appendFileSync } from 'node:fs'
    appendFileSync(${JSON.stringify(tries.path)}, 'try\\n')
    throw new RangeError('cannot be preloaded')`
  writeFileSync(file, text)
  const previous = setLogger(() => {})
  scene.t.after(() => setLogger(previous))
  const pool = scene.open({ maxWorkers: 1, imports: [pathToFileURL(file)] })
  const futures = Array.from({ length: 5 }, () => pool.submit(add, 1, 2))
  for (const future of futures) {
    const error = await rejectionOf(scene.BrokenPoolError, future)
    assert.ok(
      causes(error).some((cause) => String(cause).includes('cannot be preloaded')),
      error.stack ?? '',
    )
  }
  assert.throws(() => pool.submit(add, 1, 2), scene.BrokenPoolError)
  assert.ok(tries.lines.length <= 3, `${tries.lines.length} tries`)
})

testPools('workers are named after the pool and counted from 0', async ({ t, open }) => {
  const meeting = await Rendezvous.open(t)
  const pool = open({ maxWorkers: 3, name: 'SpecialPool' })
  const futures = ['a', 'b', 'c'].map((name) => pool.submit(meetAndReturn, meeting.port, name))
  const visitors = await meeting.arrivals(['a', 'b', 'c'])
  assert.deepEqual(visitors.map(({ worker }) => worker).sort(), ['SpecialPool_0', 'SpecialPool_1', 'SpecialPool_2'])
  for (const visitor of visitors) visitor.release()
  await Promise.all(futures)
  assert.deepEqual(futures.map((future) => String(future.timing.worker)).sort(), [
    'SpecialPool_0',
    'SpecialPool_1',
    'SpecialPool_2',
  ])
})

testPools('a pool without a name is named after its class, and no two pools share a name', async ({ kind, open }) => {
  const names = await Promise.all([open({ maxWorkers: 1 }).submit(myName), open({ maxWorkers: 1 }).submit(myName)])
  const pattern = kind === 'threads' ? /^ThreadPoolExecutor-\d+_0$/ : /^ProcessPoolExecutor-\d+_0$/
  for (const name of names) assert.match(String(name), pattern)
  assert.notEqual(names[0], names[1])
})

testPools('idleTimeout lets idle workers go, and the next call gets a new one', async ({ open }) => {
  const pool = open({ maxWorkers: 2, threads: 2, idleTimeout: 60 })
  const first = await pool.submit(myToken)
  assert.equal(pool.stats.workers, 1)
  assert.ok(await within(3_000, () => pool.stats.workers === 0), 'the idle worker stays')
  assert.notEqual(await pool.submit(myToken), first)
})

testPools('idleTimeout spares a worker that is busy, however long', async ({ t, open }) => {
  const meeting = await Rendezvous.open(t)
  const pool = open({ maxWorkers: 1, idleTimeout: 40 })
  const future = pool.submit(meetAndReturn, meeting.port, 'long')
  const visitor = await meeting.arrival('long')
  setTimeout(() => visitor.release(), 250)
  assert.equal(await future, 'long')
})

testPools('calls that come while an idle worker is being let go are not lost', async ({ open }) => {
  const pool = open({ maxWorkers: 1, idleTimeout: 5 })
  for (let i = 0; i < 5; i += 1) {
    assert.equal(await pool.submit(add, i, 1), i + 1)
    // Around the moment of letting go, now before it, now after.
    await new Promise((resolve) => {
      setTimeout(resolve, 1 + i * 2)
    })
  }
})

testPools('minWorkers of them stay when the others are let go', async ({ t, open }) => {
  const meeting = await Rendezvous.open(t)
  const pool = open({ maxWorkers: 3, threads: 3, minWorkers: 1, idleTimeout: 50 })
  const futures = ['a', 'b', 'c'].map((name) => pool.submit(meetAndReturn, meeting.port, name))
  for (const visitor of await meeting.arrivals(['a', 'b', 'c'])) visitor.release()
  await Promise.all(futures)
  assert.equal(pool.stats.workers, 3)
  assert.ok(await within(3_000, () => pool.stats.workers === 1), `${pool.stats.workers} workers stay`)
  const token = await pool.submit(myToken)
  await new Promise((resolve) => {
    setTimeout(resolve, 250)
  })
  assert.equal(pool.stats.workers, 1)
  assert.equal(await pool.submit(myToken), token, 'the same one')
})

test('a process that was let go is gone', async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1, idleTimeout: 50 })
  const pid = await pool.submit(myPid)
  assert.ok(isAlive(pid))
  assert.ok(await within(3_000, () => !isAlive(pid)))
})

testPools('a new worker is started only while no idle one is there', async ({ open }) => {
  const pool = open({ maxWorkers: 4, threads: 4 })
  assert.equal(pool.stats.workers, 0)
  const tokens = new Set<string>()
  for (let i = 0; i < 10; i += 1) tokens.add(await pool.submit(myToken))
  assert.equal(tokens.size, 1)
  assert.equal(pool.stats.workers, 1)
})

test('without a number a pool carries one call per processor, each on a worker of its own', async () => {
  const processors = availableParallelism()
  for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
    for (const pool of [new Pool(), new Pool({})]) {
      assert.equal(pool.maxWorkers, processors)
      assert.equal(pool.stats.workers, 0)
      await pool.shutdown()
    }
    assert.throws(() => new Pool({ minWorkers: processors + 1 }), new RegExp(`the number of workers \\(${processors}\\)`))
  }
})

test('settings that make no sense are refused by the constructor', () => {
  const wrong: [object, RegExp][] = [
    [{ maxWorkers: 0 }, /maxWorkers must be greater than 0/],
    [{ maxWorkers: -1 }, /maxWorkers must be greater than 0/],
    [{ maxTasksPerChild: 0 }, /maxTasksPerChild must be >= 1/],
    [{ maxTasksPerChild: -3 }, /maxTasksPerChild must be >= 1/],
    [{ maxTasksPerChild: 1.5 }, /maxTasksPerChild/],
    [{ maxTasksPerChild: '2' }, /maxTasksPerChild/],
    [{ onWorkerDeath: 'ignore' }, /onWorkerDeath.*'replace'.*'break'|onWorkerDeath/],
    [{ idleTimeout: -1 }, /idleTimeout/],
    [{ minWorkers: 5, maxWorkers: 2 }, /minWorkers/],
  ]
  for (const [options, message] of wrong) {
    for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
      assert.throws(
        () => new Pool(options),
        (error: Error) => {
          assert.ok(error instanceof RangeError || error instanceof TypeError, String(error))
          assert.match(error.message, message)
          return true
        },
        `${Pool.name} ${JSON.stringify(options)}`,
      )
    }
  }
})

test('a thread pool says in resourceLimits what each of its threads may use', async () => {
  await using pool = new ThreadPoolExecutor({
    maxWorkers: 1,
    resourceLimits: { maxOldGenerationSizeMb: 77, maxYoungGenerationSizeMb: 16 },
  })
  assert.ok((await pool.submit(heapLimit)) < 200 << 20)
})

test('after shutdown() no process is left', async () => {
  const pool = new ProcessPoolExecutor(2)
  const pids = await Promise.all([pool.submit(myPid), pool.submit(myPid)])
  await pool.shutdown()
  for (const pid of pids) assert.ok(await within(1_000, () => !isAlive(pid)))
})
