import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/temporary-folder.js'

const { existingNames } = (await import(
  new URL('../../../../dist/download/naming/existing-names.js', import.meta.url).href
)) as typeof import('../../../src/download/naming/existing-names.js')
const { isPartName, partName } = (await import(
  new URL('../../../../dist/download/naming/part-name.js', import.meta.url).href
)) as typeof import('../../../src/download/naming/part-name.js')

test('files, folders and what is in them are listed; links are not followed; our books and parts are left out', (t) => {
  const root = temporaryFolder(t)
  for (const folder of ['a', 'a/b', 'empty', '.halyard', 'a/.halyard']) mkdirSync(join(root, folder))
  for (const file of [
    'x.gif',
    'a/y',
    'a/b/.hidden',
    '.halyard/journal.jsonl',
    '.x.gif.3.part',
    'a/.y.12.part.json',
    'a/.y.12.part.json.new',
    'a/.half.part',
  ]) {
    writeFileSync(join(root, file), '')
  }
  symlinkSync('/', join(root, 'link'))
  assert.deepEqual([...existingNames(root)].sort(), [
    'a/',
    'a/.half.part',
    'a/.halyard/',
    'a/b/',
    'a/b/.hidden',
    'a/y',
    'empty/',
    'link',
    'x.gif',
  ])
})

test('a folder that is not there yet is empty', (t) => {
  assert.deepEqual([...existingNames(join(temporaryFolder(t), 'not', 'yet'))], [])
})

test('what is no folder is an error that names it', (t) => {
  const file = join(temporaryFolder(t), 'file')
  writeFileSync(file, '')
  assert.throws(() => [...existingNames(file)], { code: 'ERR_OUTPUT', message: /Cannot read the folder .*file: ENOTDIR/ })
})

test('breaking off closes every folder', { skip: process.platform === 'linux' ? false : 'needs /proc' }, (t) => {
  const root = temporaryFolder(t)
  mkdirSync(join(root, 'a/b/c'), { recursive: true })
  writeFileSync(join(root, 'a/b/c/d'), '')
  const before = readdirSync('/proc/self/fd').length
  for (const name of existingNames(root)) if (name === 'a/b/c/d') break
  assert.equal(readdirSync('/proc/self/fd').length, before)
})

test('the name of a part fits with its notes, however long the name it is for', () => {
  for (const name of ['a.gif', 'x'.repeat(255), 'é'.repeat(127), '😀'.repeat(63)]) {
    for (const id of [0, 99_999_999, Number.MAX_SAFE_INTEGER]) {
      const part = partName(name, id)
      assert.ok(Buffer.byteLength(`${part}.json.new`) <= 255, part)
      assert.ok(!part.includes('\ufffd') && part.startsWith('.') && part.endsWith(`.${id}.part`), part)
      assert.ok([part, `${part}.json`, `${part}.json.new`].every(isPartName))
    }
  }
  assert.equal(partName('a.gif', 7), '.a.gif.7.part')
})
