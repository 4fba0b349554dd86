import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { TaskNotFoundError, tasks, TimeoutError } from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import { myToken } from '../../fixtures/workers/identity.js'
import { Tally, temporaryFolder } from '../../support/tally.js'
import { causes, rejectionOf, testPools, testOnePool } from '../../support/worker-pools.js'

const broken = (name: string): string => new URL(`../../fixtures/workers/broken/${name}.js`, import.meta.url).href
const throwing = tasks<typeof import('../../fixtures/workers/broken/throws-on-import.js')>(
  broken('throws-on-import'),
  import.meta.url,
)
const exiting = tasks<typeof import('../../fixtures/workers/broken/exits-on-import.js')>(
  broken('exits-on-import'),
  import.meta.url,
)
const stuck = tasks<typeof import('../../fixtures/workers/broken/never-loads.js')>(broken('never-loads'), import.meta.url)
const lacking = tasks<typeof import('../../fixtures/workers/broken/imports-a-missing-module.js')>(
  broken('imports-a-missing-module'),
  import.meta.url,
)

testPools('a task module that throws on import fails its futures with that very error', async ({ open }) => {
  const pool = open({ maxWorkers: 2 })
  const futures = Array.from({ length: 20 }, () => pool.submit(throwing.unreachable))
  for (const future of futures) {
    const error = (await rejectionOf(RangeError, future)) as RangeError & { code: string }
    assert.equal(error.message, 'broken on purpose')
    assert.equal(error.code, 'ERR_BROKEN_MODULE')
  }
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testPools('a task module that throws on import starts no storm of workers', async ({ t, open }) => {
  const imports = new Tally(t)
  const pool = open({ maxWorkers: 2, env: { ...processEnv(), HALYARD_TEST_TALLY: imports.path } })
  const before = new Set(await Promise.all([pool.submit(myToken), pool.submit(myToken)]))
  await Promise.allSettled(Array.from({ length: 30 }, () => pool.submit(throwing.unreachable).result()))
  assert.ok(imports.lines.length >= 1, 'the module was tried at all')
  assert.ok(new Set(imports.lines).size <= 2, `it was tried in ${new Set(imports.lines).size} workers, of 2`)
  const after = await Promise.all(Array.from({ length: 6 }, () => pool.submit(myToken)))
  for (const token of after) before.add(token)
  assert.ok(before.size <= 2, 'the same workers carry on')
})

function processEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

testPools(
  'a task module that calls process.exit() on import fails its futures and starts no storm',
  async ({ t, open, BrokenPoolError }) => {
    const imports = new Tally(t)
    const pool = open({ maxWorkers: 2, env: { ...processEnv(), HALYARD_TEST_TALLY: imports.path } })
    const futures = Array.from({ length: 8 }, () => pool.submit(exiting.unreachable))
    for (const future of futures) {
      const error = await rejectionOf(BrokenPoolError, future)
      assert.ok(
        causes(error).some((cause) => (cause as { exitCode?: number }).exitCode === 4),
        `exit code 4 should be told: ${error.stack}`,
      )
    }
    assert.ok(imports.lines.length >= 1)
    // Each call may cost a worker, and each worker may have begun to import for the next call as well.
    assert.ok(imports.lines.length <= 16, `${imports.lines.length} imports for 8 calls`)
  },
)

testOnePool('a task module that needs a missing module says which', async (pool) => {
  const error = (await rejectionOf(Error, pool.submit(lacking.unreachable))) as Error & { code: string }
  assert.match(error.message, /there-is-no-such-module\.js/)
  assert.equal(error.code, 'ERR_MODULE_NOT_FOUND')
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testOnePool('a task module that is not there fails its call and names the file', async (pool) => {
  const before = await pool.submit(myToken)
  const nowhere = tasks<{ f(): void }>('./no-such-task-module.js', import.meta.url)
  const error = await rejectionOf(Error, pool.submit(nowhere.f))
  assert.match(error.message, /no-such-task-module\.js/)
  assert.equal(await pool.submit(myToken), before)
})

testOnePool('a task module with a syntax error fails its call with the SyntaxError', async (pool, t) => {
  const file = join(temporaryFolder(t), 'wrong.mjs')
  writeFileSync(file, 'export function f() { return = 1 }\n')
  const before = await pool.submit(myToken)
  await rejectionOf(SyntaxError, pool.submit(tasks<{ f(): number }>(pathToFileURL(file).href, import.meta.url).f))
  assert.equal(await pool.submit(myToken), before)
})

testOnePool('a task that its module does not export is not found, and the message lists what there is', async (pool) => {
  const url = new URL('../../fixtures/workers/not-only-functions.js', import.meta.url).href
  const module = tasks<{ aks(): number; ask(): number; answer(): number }>(url, import.meta.url)
  const misspelt = await rejectionOf(TaskNotFoundError, pool.submit(module.aks))
  assert.equal(misspelt.code, 'ERR_TASK_NOT_FOUND')
  assert.match(misspelt.message, /aks/)
  assert.match(misspelt.message, /not-only-functions\.js/)
  assert.match(misspelt.message, /\bask\b/)
  const noFunction = await rejectionOf(TaskNotFoundError, pool.submit(module.answer))
  assert.match(noFunction.message, /answer/)
  assert.equal(await pool.submit(module.ask), 42)
})

testOnePool('a call whose module never finishes loading can be given a deadline, and the pool goes on', async (pool) => {
  await pool.submit(myToken)
  await rejectionOf(TimeoutError, pool.schedule({ fn: stuck.unreachable, args: [], timeout: 100, grace: 50 }))
  assert.equal(await pool.submit(add, 1, 2), 3)
})
