import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../support/temporary-folder.js'

const { writeWholeFile } = (await import(
  new URL('../../../dist/flags/write-whole-file.js', import.meta.url).href
)) as typeof import('../../src/flags/write-whole-file.js')
const { OutputError } = (await import(
  new URL('../../../dist/flags/output-error.js', import.meta.url).href
)) as typeof import('../../src/flags/output-error.js')

const bytes = Buffer.from('GIF89a')

test('the file holds the bytes, and nothing else is left in the folder', (t) => {
  const folder = temporaryFolder(t)
  writeWholeFile(join(folder, 'br.gif'), bytes)
  assert.deepEqual(readFileSync(join(folder, 'br.gif')), bytes)
  assert.deepEqual(readdirSync(folder), ['br.gif'])
})

test('missing folders are made', (t) => {
  const path = join(temporaryFolder(t), 'a', 'b', 'br.gif')
  writeWholeFile(path, bytes)
  assert.deepEqual(readFileSync(path), bytes)
})

test('an older file is replaced', (t) => {
  const path = join(temporaryFolder(t), 'br.gif')
  writeFileSync(path, 'something longer than the new flag')
  writeWholeFile(path, bytes)
  assert.deepEqual(readFileSync(path), bytes)
})

test('a symbolic link is replaced, not followed', (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'precious'), 'keep me')
  symlinkSync('precious', join(folder, 'br.gif'))
  writeWholeFile(join(folder, 'br.gif'), bytes)
  assert.equal(readFileSync(join(folder, 'precious'), 'utf8'), 'keep me')
  assert.deepEqual(readFileSync(join(folder, 'br.gif')), bytes)
})

test('a part left by a killed program is in nobody’s way', (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, `.br.gif.${process.pid}.0.part`), 'GI')
  writeWholeFile(join(folder, 'br.gif'), bytes)
  assert.deepEqual(readFileSync(join(folder, 'br.gif')), bytes)
})

test('a file where the folder should be is an error that names the file wanted', (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'downloads'), '')
  const path = join(folder, 'downloads', 'br.gif')
  assert.throws(
    () => writeWholeFile(path, bytes),
    (error) => {
      assert.ok(error instanceof OutputError)
      assert.equal(error.code, 'ERR_OUTPUT')
      assert.equal(error.path, path)
      assert.match(error.message, /^cannot write .*br\.gif: ENOTDIR/)
      assert.ok(error.cause instanceof Error)
      return true
    },
  )
})

test('a folder under the name of the file is an error that leaves no part behind', (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'br.gif'))
  assert.throws(() => writeWholeFile(join(folder, 'br.gif'), bytes), { code: 'ERR_OUTPUT' })
  assert.deepEqual(readdirSync(folder), ['br.gif'])
})

test('a name too long for the file system is an error', (t) => {
  const folder = temporaryFolder(t)
  assert.throws(() => writeWholeFile(join(folder, `${'x'.repeat(300)}.gif`), bytes), {
    code: 'ERR_OUTPUT',
    message: /ENAMETOOLONG/,
  })
  assert.deepEqual(readdirSync(folder), [])
})

test('a link to a folder that does not exist is an error, not an endless loop', (t) => {
  const folder = temporaryFolder(t)
  symlinkSync('nowhere', join(folder, 'downloads'))
  assert.throws(() => writeWholeFile(join(folder, 'downloads', 'br.gif'), bytes), { code: 'ERR_OUTPUT' })
})

test('a file system in which no folder can be made is an error, not an endless loop', () => {
  // Linux's /proc, and a drive that does not exist elsewhere.
  const nowhere = process.platform === 'win32' ? 'Q:\\nowhere' : '/proc/nowhere'
  assert.throws(() => writeWholeFile(join(nowhere, 'br.gif'), bytes), { code: 'ERR_OUTPUT' })
})
