import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'

const root = fileURLToPath(new URL('../../../', import.meta.url))

const options =
  '--ignoreConfig --noEmit --strict --skipLibCheck --types node --target es2022 --lib es2023,esnext.disposable --module nodenext'

/**
 * TypeScript gives the variable of a `for await` loop the awaited type of what the iterator promises, and a future is something that can be
 * awaited: unless the declaration takes care, the compiler sees the result where the program gets the future.
 */
test('for the compiler too, the variable of an asCompleted loop is a future', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', ...options.split(' '), 'test/fixtures/uncompiled/as-completed-loop.ts'],
    { cwd: root, encoding: 'utf8' },
  )
  assert.equal(stdout, '')
  assert.equal(status, 0)
})
