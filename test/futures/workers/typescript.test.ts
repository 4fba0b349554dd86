import assert from 'node:assert/strict'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram, type Ended } from '../../support/child-program.js'
import { temporaryFolder } from '../../support/tally.js'
import { oneOf } from '../../support/thorough.js'
import { kinds } from '../../support/worker-pools.js'

const root = dirname(fileURLToPath(import.meta.resolve('halyard/package.json')))
const sources = join(root, 'test', 'fixtures', 'uncompiled', 'workers')
const main = join(sources, 'typescript', 'main.ts')
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const stripsTypes = major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)

function assertAllRan({ code, stdout, stderr }: Ended): void {
  assert.equal(code, 0, stderr)
  const perPool = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  assert.equal(perPool.length, 2, 'threads and processes')
  for (const results of perPool) {
    assert.deepEqual(results, [
      { country: 'Brazil', greeting: 'Hello Brazil' },
      { country: 'China', greeting: 'Hello China' },
      42,
      'HELLO YOU!',
      [
        { country: 'Peru', greeting: 'Hello Peru' },
        { country: 'Mali', greeting: 'Hello Mali' },
      ],
      'RangeError ERR_NO_FLAG in flags.ts',
    ])
  }
}

/** Each takes longer to start than all the rest of this file. Under the command `tsx` an example runs: 08, in test/examples/. */
const loaders: Readonly<Record<string, (t: TestContext) => Promise<void>>> = {
  'under "node --import tsx main.ts"': async (t) => {
    assertAllRan(await runProgram(t, main, { execArgv: ['--import', 'tsx'], cwd: dirname(main), timeout: 20_000 }))
  },
  'inside vitest': async (t) => {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const args = ['run', '--root', join(sources, 'vitest')]
    const { code, stdout, stderr } = await runProgram(t, vitest, { args, timeout: 50_000 })
    assert.equal(code, 0, `${stdout}\n${stderr}`)
    assert.match(stdout, /Tests\s+6 passed \(6\)/)
  },
}
for (const [where, run] of oneOf(Object.entries(loaders))) test(`TypeScript tasks run ${where}`, { timeout: 60_000 }, run)

test(
  'TypeScript tasks run natively on a Node.js that strips types',
  {
    skip: stripsTypes ? false : `Node.js ${process.version} does not strip types; 22.18 and later do`,
  },
  async (t) => {
    assertAllRan(await runProgram(t, main, { cwd: dirname(main) }))
  },
)

test(
  'a TypeScript task without anything to run TypeScript fails with what to install',
  {
    skip: stripsTypes ? `Node.js ${process.version} runs TypeScript by itself` : false,
  },
  async (t) => {
    const folder = temporaryFolder(t)
    cpSync(join(sources, 'typescript'), folder, { recursive: true })
    mkdirSync(join(folder, 'node_modules'))
    // Only the built library, without this repository's own tools beside it.
    mkdirSync(join(folder, 'node_modules', 'halyard'))
    symlinkSync(join(root, 'package.json'), join(folder, 'node_modules', 'halyard', 'package.json'))
    symlinkSync(join(root, 'dist'), join(folder, 'node_modules', 'halyard', 'dist'))
    writeFileSync(
      join(folder, 'main.mjs'),
      `import { ProcessPoolExecutor, tasks, ThreadPoolExecutor } from 'halyard/futures'
    const { hoist } = tasks('./flags.ts', import.meta.url)
    for (const pool of [new ThreadPoolExecutor(1), new ProcessPoolExecutor(1)]) {
      const error = await pool.submit(hoist, 'Brazil').exception()
      console.log(JSON.stringify([error.name, error.message]))
      await pool.shutdown()
    }`,
    )
    const { code, stdout, stderr } = await runProgram(t, join(folder, 'main.mjs'), { cwd: folder })
    assert.equal(code, 0, stderr)
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as [string, string])
    assert.equal(told.length, kinds.length)
    for (const [, message] of told) {
      assert.match(message, /flags\.ts/)
      assert.match(message, /tsx/)
      assert.match(message, /install/i)
    }
  },
)
