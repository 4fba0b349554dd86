/** Things in the way of a run. */
import assert from 'node:assert/strict'
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { layoutOf, openRunFolder, recordLine } from './journal-modules.js'
import { ok, otherRun, recordAll, run, session } from './sessions.js'

test('a file in the way is named, with what to do', (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'file')
  writeFileSync(file, '')
  assert.throws(() => openRunFolder(file), {
    code: 'ERR_OUTPUT',
    message: /file cannot be written \(EEXIST\): a file is in the way.*-o/,
  })
  assert.throws(() => openRunFolder(join(file, 'below')), {
    code: 'ERR_OUTPUT',
    message: /file.below cannot be written \(ENOTDIR\)/,
  })
  writeFileSync(join(folder, '.halyard'), '')
  assert.throws(() => openRunFolder(folder), {
    code: 'ERR_OUTPUT',
    message: /\.halyard cannot be written \(EEXIST\): a file is in the way/,
  })
})

test('no symbolic link in the folder is followed', async (t) => {
  const elsewhere = temporaryFolder(t)
  const output = temporaryFolder(t)
  const { state, journal } = layoutOf(output)
  symlinkSync(elsewhere, state)
  assert.throws(() => openRunFolder(output), { code: 'ERR_OUTPUT', message: /\.halyard/ })
  assert.deepEqual(readdirSync(elsewhere), [])
  rmSync(state)

  await session(output, run)
  const victim = join(elsewhere, 'victim')
  writeFileSync(victim, recordLine(ok(0)))
  rmSync(journal)
  symlinkSync(victim, journal)
  await assert.rejects(session(output, run, {}, recordAll), {
    code: 'ERR_OUTPUT',
    message: /journal\.jsonl cannot be written \(ELOOP\): a symbolic link/,
  })
  assert.equal(readFileSync(victim, 'utf8'), recordLine(ok(0)))
  symlinkSync(victim, join(state, 'run.json.new'))
  await assert.rejects(session(output, otherRun, { fresh: true }), {
    code: 'ERR_OUTPUT',
    message: /run\.json cannot be written \(ELOOP\)/,
  })
  assert.equal(readFileSync(victim, 'utf8'), recordLine(ok(0)))
})

test('a folder that is a journal, or that goes away in the middle, is noticed', async (t) => {
  const output = temporaryFolder(t)
  const { journal, state } = layoutOf(output)
  await session(output, run)
  rmSync(journal)
  mkdirSync(journal)
  await assert.rejects(session(output, run), { code: 'ERR_OUTPUT', message: /journal\.jsonl cannot be written \(EISDIR\)/ })
  rmSync(journal, { recursive: true })
  await assert.rejects(
    session(output, run, {}, (_, begun) => {
      begun.journal.record(ok(0))
      renameSync(state, `${state}-away`)
      rmSync(`${state}-away`, { recursive: true })
    }),
    { code: 'ERR_OUTPUT', message: /journal\.jsonl cannot be written \(ENOENT\)/ },
  )
  assert.equal(lstatSync(output).isDirectory(), true)
})
