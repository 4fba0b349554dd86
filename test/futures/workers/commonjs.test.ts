import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../../support/child-program.js'

const root = dirname(fileURLToPath(import.meta.resolve('halyard/package.json')))
const main = join(root, 'test', 'fixtures', 'uncompiled', 'workers', 'commonjs', 'main.cjs')

test('a CommonJS program runs its own functions and those of other CommonJS files in threads and processes', async (t) => {
  const { code, stdout, stderr } = await runProgram(t, main)
  assert.equal(code, 0, stderr)
  const [first, ...perPool] = stdout.trim().split('\n')
  assert.equal(first, 'main')
  assert.equal(perPool.length, 2, 'the main part ran once, and both pools were used')
  for (const line of perPool) {
    assert.deepEqual(JSON.parse(line), {
      settled: 5,
      results: [10, 15, 20, 105, 6],
      error: ['TypeError', 'failed in CommonJS', 'ERR_COMMONJS'],
      byReference: 42,
      closure: 'TaskNotFoundError',
    })
  }
})
