import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../support/temporary-folder.js'
import type { StyleRun } from '../../src/compare/index.js'

const { compareFiles } = (await import(
  new URL('../../../dist/compare/same-files.js', import.meta.url).href
)) as typeof import('../../src/compare/same-files.js')

function run(style: StyleRun['style'], codes: readonly string[], status: 'ok' | 'error' = 'ok'): StyleRun {
  const downloads = codes.map((cc) => ({ cc, start: 0, end: 1, status, worker: 'w', thread: '1.0' }))
  return { style, elapsed: 1, concurrency: 1, downloads, carriers: 1 }
}

test('the same bytes in two styles are the same, one other byte is different, and a file that is not there is missing', async (t) => {
  const folder = temporaryFolder(t)
  for (const style of ['async', 'threads']) mkdirSync(join(folder, style))
  writeFileSync(join(folder, 'async', 'BR'), 'green')
  writeFileSync(join(folder, 'threads', 'BR'), 'green')
  writeFileSync(join(folder, 'async', 'CN'), 'red')
  writeFileSync(join(folder, 'threads', 'CN'), 'reD')
  writeFileSync(join(folder, 'async', 'DE'), 'alone')
  const compared = await compareFiles([run('async', ['BR', 'CN', 'DE']), run('threads', ['BR', 'CN', 'DE'])], ({ style }, cc) =>
    join(folder, style, cc),
  )
  assert.deepEqual(compared.files, { count: 5, bytes: 21, same: ['BR'], differing: ['CN'], missing: ['threads/de.gif'] })
  assert.deepEqual(
    compared.runs.map(({ downloads }) => downloads.map(({ bytes }) => bytes)),
    [
      [5, 3, 5],
      [5, 3, undefined],
    ],
  )
})

test('a flag that failed is not looked for', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'BR'), 'left over')
  const { files } = await compareFiles([run('async', ['BR'], 'error')], (_, cc) => join(folder, cc))
  assert.deepEqual(files, { count: 0, bytes: 0, same: [], differing: [], missing: [] })
})

test('a file that cannot be read is an error, not a missing file', async (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'BR'))
  await assert.rejects(
    compareFiles([run('async', ['BR'])], (_, cc) => join(folder, cc)),
    { code: 'EISDIR' },
  )
})
