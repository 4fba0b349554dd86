import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { BeginOptions } from '../../../src/download/journal/run-folder.js'
import type { RunDescription, RunRecord } from '../../../src/download/journal/run-record.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { differences, existing, layoutOf, openRunFolder } from './journal-modules.js'
import { hostileText } from './outcomes.js'
import { finishedRun, ids, ok, otherRun, recordAll, run, runJson, session } from './sessions.js'

test('a new run makes its folder for its owner only, and says what it is of', async (t) => {
  const output = await finishedRun(t)
  const { state, run: path, journal } = layoutOf(output)
  assert.equal(statSync(state).mode & 0o777, 0o700)
  for (const name of readdirSync(state)) assert.equal(statSync(join(state, name)).mode & 0o777, 0o600, name)
  assert.deepEqual(readdirSync(state).toSorted(), ['existing.jsonl', 'journal.jsonl', 'run.json'])
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), {
    format: 1,
    halyard: '1.0.0',
    created: '2026-01-02T03:04:05.000Z',
    list: 'abc',
    options: { name: '{base}', decode: false },
    finished: { lines: 5, at: '2026-01-02T03:04:05.000Z' },
  })
  assert.deepEqual(ids(journal), [0, 1, 2, 3, 4])
})

test('the same run goes on where it was, with the names that were there before it began', async (t) => {
  const output = await finishedRun(t)
  await session(
    output,
    run,
    { existing: () => assert.fail('the names are known') },
    (folder, { journal, resumed, previous, retried }) => {
      assert.deepEqual([resumed, retried, previous], [5, 0, undefined])
      assert.equal(journal.firstUndone(), 5)
      assert.deepEqual([...folder.existingNames()], ['old.gif'])
      assert.deepEqual(folder.earlier()?.finished?.lines, 5)
    },
  )
})

test('a second run in the folder is refused until the first one lets go', async (t) => {
  const output = temporaryFolder(t)
  const { journal } = openRunFolder(output).begin(run)
  assert.throws(() => openRunFolder(output), { code: 'ERR_LOCKED', message: new RegExp(`process ${process.pid} `) })
  journal.record(ok(0))
  await journal.close()
  await session(output, run, {}, (_, { resumed }) => assert.equal(resumed, 1))
})

test('a different run is refused, and the message says what changed and what to do', async (t) => {
  const output = await finishedRun(t)
  const different: RunDescription = { version: '2.0.0', list: 'xyz', options: { name: '{path}', headers: ['a'] } }
  await assert.rejects(session(output, different), {
    code: 'ERR_DIFFERENT_RUN',
    message:
      `${output} holds a different run: the list is another one, or was changed; decode was false, and is now not set; ` +
      'headers was not set, and is now ["a"]; name was "{base}", and is now "{path}"; it was begun by halyard 1.0.0, and this is 2.0.0. ' +
      'Start over with --fresh, or choose another folder with -o',
  })
  await session(output, { ...run, version: '2.0.0' }, {}, (_, { resumed }) =>
    assert.equal(resumed, 5, 'a version alone is no difference'),
  )
})

test('a run of which nothing was recorded yet makes room for a different one, but not one that is being refreshed', async (t) => {
  const output = temporaryFolder(t)
  const { list: _, ...piped } = otherRun
  await session(output, run)
  await session(output, piped, { existing: () => ['now.gif'] }, (folder) => {
    assert.deepEqual([...folder.existingNames()], ['now.gif'])
    folder.listIs('first')
  })
  await session(output, piped, {}, (folder) => folder.listIs('second'))
  assert.deepEqual([runJson(output).options, runJson(output).list], [otherRun.options, 'second'])

  const refreshed = await finishedRun(t)
  await session(refreshed, run, { refresh: true })
  await assert.rejects(session(refreshed, otherRun), { code: 'ERR_DIFFERENT_RUN' })
})

test('equal options are equal in whatever order they come', () => {
  const earlier: RunRecord = { format: 1, halyard: '1', created: '', options: { a: 1, b: { x: [1, { p: 1, q: 2 }], y: null } } }
  assert.deepEqual(differences(earlier, { version: '1', options: { b: { y: null, x: [1, { q: 2, p: 1 }] }, a: 1 } }), [])
  assert.deepEqual(differences(earlier, { version: '1', options: { b: { y: null, x: [{ q: 2, p: 1 }, 1] }, a: 1 } }).length, 1)
})

test('the fingerprint of a list that can be read only once may come later, and is then held against the run', async (t) => {
  const output = temporaryFolder(t)
  const { list: _, ...piped } = run
  await session(output, piped, {}, (folder) => folder.listIs('first'))
  assert.equal(runJson(output).list, 'first')
  await session(output, piped, {}, (folder, { journal }) => {
    folder.listIs('first')
    journal.record(ok(0))
    journal.flush()
    assert.throws(() => folder.listIs('second'), { code: 'ERR_DIFFERENT_RUN', message: /the list is another one.*--fresh/ })
  })
})

test('--fresh forgets the earlier run, whatever state it is in', async (t) => {
  const output = await finishedRun(t)
  const { run: path, journal } = layoutOf(output)
  await session(output, otherRun, { fresh: true, existing: () => ['now.gif'] }, (folder, { resumed }) => {
    assert.equal(resumed, 0)
    assert.deepEqual([...folder.existingNames()], ['now.gif'])
    assert.equal(runJson(output).finished, undefined)
  })
  writeFileSync(path, 'garbage')
  writeFileSync(journal, 'garbage\n')
  await session(output, run, { fresh: true }, recordAll)
  await session(output, run, {}, (_, { resumed }) => assert.equal(resumed, 5))
})

test('a run.json that was cut or edited is refused with advice, and so is a journal without one', async (t) => {
  const output = await finishedRun(t)
  const { run: path } = layoutOf(output)
  const text = readFileSync(path, 'utf8')
  for (const broken of ['', '{', 'null', '[]', '"x"', '{}', '{"format":1}', text.slice(0, text.length / 2)]) {
    writeFileSync(path, broken)
    await assert.rejects(session(output, run), { code: 'ERR_JOURNAL', message: /run\.json .*--fresh/ }, broken)
  }
  writeFileSync(path, JSON.stringify({ format: 2, halyard: '9.0.0', options: {} }))
  await assert.rejects(session(output, run), { code: 'ERR_DIFFERENT_RUN', message: /written by halyard 9.0.0 in format 2/ })
  rmSync(path)
  await assert.rejects(session(output, run), { code: 'ERR_JOURNAL', message: /not the run\.json.*--fresh/ })
})

test('--retry-failed takes out the records of what failed, all or by code or status, and nothing else', async (t) => {
  const cases: readonly (readonly [retryFailed: BeginOptions['retryFailed'] & {}, left: readonly number[]])[] = [
    [true, [0, 1, 3]],
    [['HTTP_503'], [0, 1, 3, 4]],
    [['timeout_stall'], [0, 1, 2, 3]],
    [
      ['not-found', 'HTTP_503'],
      [0, 1, 4],
    ],
    [['error'], [0, 1, 3]],
    [
      ['ok', 'TRUNCATED'],
      [0, 1, 2, 3, 4],
    ],
  ]
  for (const [retryFailed, left] of cases) {
    const output = await finishedRun(t)
    await session(output, run, { retryFailed }, (folder, begun) => {
      assert.deepEqual([begun.resumed, begun.retried], [left.length, 5 - left.length])
      assert.deepEqual(ids(layoutOf(output).journal), left)
      recordAll(folder, begun)
      begun.journal.flush()
      folder.finish(5)
    })
    assert.deepEqual(
      ids(layoutOf(output).journal).toSorted((a, b) => a - b),
      [0, 1, 2, 3, 4],
    )
  }
})

test('--refresh asks for everything again, knows what was there, and goes on after it was ended', async (t) => {
  const output = await finishedRun(t)
  const { journal: path, previous: previousPath } = layoutOf(output)
  await session(output, run, { refresh: true }, (_, { journal, previous, resumed }) => {
    assert.equal(resumed, 0)
    assert.deepEqual(previous?.known(1), {
      file: '1.gif',
      bytes: 1,
      sha256: 'ab',
      etag: '"1"',
      lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT',
    })
    for (const id of [2, 3, 4, 5, 1e6]) assert.equal(previous?.known(id), undefined)
    journal.record(ok(0))
  })
  for (const options of [{}, { refresh: true }]) {
    await session(output, run, options, (_, { journal, previous }) => {
      assert.deepEqual([journal.done(0), journal.done(1)], [true, false])
      assert.equal(previous?.known(1)?.etag, '"1"')
    })
  }
  await session(output, run, {}, (folder, begun) => {
    recordAll(folder, begun)
    begun.journal.flush()
    folder.finish(5)
  })
  assert.equal(existsSync(previousPath), false)
  assert.equal(runJson(output).refreshing, undefined)
  assert.equal(ids(path).length, 5)
  await session(output, run, { refresh: true }, (_, { resumed, previous }) => {
    assert.equal(resumed, 0)
    assert.equal(previous?.known(0)?.bytes, 0)
  })
})

test('names that were there are kept whatever is in them', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostileText, { maxLength: 30 }), async (names) => {
      const path = join(temporaryFolder(t), 'names')
      existing.writeExistingNames(path, names)
      assert.deepEqual([...existing.readExistingNames(path)], names)
    }),
    { numRuns: 40 },
  )
})
