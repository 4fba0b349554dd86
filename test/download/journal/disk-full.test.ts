/** A disk that is full, or may not be written to. */
import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Outcome } from '../../../src/download/outcome.js'
import { noSmallDisk, smallDisk } from '../../support/small-disk.js'
import { exportResults, layoutOf, openRunFolder, readOutcomes } from './journal-modules.js'
import { run, session } from './sessions.js'

const outcome = (id: number): Outcome => ({
  id,
  url: `https://host.example/${id}`,
  status: 'ok',
  file: 'x'.repeat(id % 300),
  bytes: 1,
})

async function readAll(output: string): Promise<Outcome[]> {
  const all: Outcome[] = []
  for await (const batch of readOutcomes(output)) all.push(...batch)
  return all
}

function fill(folder: string, leaveKilobytes: number): string {
  const path = join(folder, 'filler')
  const room = Buffer.alloc(4_096)
  let pages = 0
  try {
    for (; ; pages++) writeFileSync(path, room, { flag: 'a' })
  } catch {
    writeFileSync(path, Buffer.alloc(Math.max(0, pages * 4_096 - leaveKilobytes * 1_024)))
  }
  return path
}

for (const durable of [false, true]) {
  test(
    `when the disk is full in the middle of a batch, whole records stay${durable ? ', durably' : ''}, and the next run goes on`,
    { skip: noSmallDisk },
    async (t) => {
      const { path: output } = smallDisk(t, 'size=256k')
      const { journal: path } = layoutOf(output)
      const { journal } = openRunFolder(output).begin(run, { durable })
      const filler = fill(output, 40)
      for (let id = 0; id < 50; id++) journal.record(outcome(id))
      journal.flush()
      for (let id = 50; id < 1_000; id++) journal.record(outcome(id))
      const full = {
        code: 'ERR_OUTPUT',
        message: /journal\.jsonl cannot be written \(ENOSPC\): no space is left there; make room, then run the same command/,
      }
      assert.throws(() => journal.flush(), full)

      const bytes = readFileSync(path)
      assert.equal(bytes.at(-1), 10, 'the torn record is cut off at once')
      const kept = await readAll(output)
      assert.ok(kept.length > 50 && kept.length < 1_000, `${kept.length} records fitted`)
      assert.deepEqual(
        kept,
        Array.from({ length: kept.length }, (_, id) => outcome(id)),
      )
      assert.equal(journal.tally.records, kept.length, 'the counts say what the file says')
      assert.equal(journal.firstUndone(), kept.length)

      assert.throws(() => journal.record(outcome(5_000)), full)
      assert.throws(() => journal.flush(), full)
      await assert.rejects(journal.close(), full)

      rmSync(filler)
      await session(output, run, {}, (_, { journal: next, resumed }) => {
        assert.equal(resumed, kept.length)
        for (let id = next.firstUndone(); id < 1_000; id++) next.record(outcome(id))
      })
      assert.equal((await readAll(output)).length, 1_000)
    },
  )
}

test('a disk that fills up between two turns of the event loop is told to the next record', { skip: noSmallDisk }, async (t) => {
  const { path: output } = smallDisk(t, 'size=256k')
  const { journal } = openRunFolder(output).begin(run)
  fill(output, 8)
  let id = 0
  await assert.rejects(
    async () => {
      for (;;) {
        journal.record(outcome(id++))
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    { code: 'ERR_OUTPUT', message: /ENOSPC/ },
  )
  assert.ok(id > 20)
  await assert.rejects(journal.close(), { code: 'ERR_OUTPUT' })
  assert.equal((await readAll(output)).length, journal.tally.records)
})

test('a disk that is full before the run begins is named, and nothing half-written stays', { skip: noSmallDisk }, async (t) => {
  const { path: folder } = smallDisk(t, 'size=64k')
  const output = join(folder, 'out')
  const filler = fill(folder, 0)
  await assert.rejects(session(output, run), { code: 'ERR_OUTPUT', message: /out.* cannot be written \(ENOSPC\)/ })
  rmSync(filler)
  await session(output, run, {}, (_, { resumed }) => assert.equal(resumed, 0))
})

test('results that do not fit leave what was there before', { skip: noSmallDisk }, async (t) => {
  const { path: folder } = smallDisk(t, 'size=256k')
  await session(folder, run, {}, (_, { journal }) => {
    for (let id = 0; id < 300; id++) journal.record(outcome(id))
  })
  const results = join(folder, 'results.csv')
  writeFileSync(results, 'before')
  fill(folder, 4)
  await assert.rejects(exportResults(folder, results), {
    code: 'ERR_OUTPUT',
    message: /results\.csv cannot be written \(ENOSPC\)/,
  })
  assert.equal(readFileSync(results, 'utf8'), 'before')
})

test('a disk that may only be read is named, and can still be asked what is on it', { skip: noSmallDisk }, async (t) => {
  const disk = smallDisk(t, 'size=256k')
  const output = disk.path
  await session(output, run, {}, (_, { journal }) => journal.record(outcome(0)))
  disk.remount('ro')
  assert.throws(() => openRunFolder(output), {
    code: 'ERR_OUTPUT',
    message: /cannot be written \(EROFS\): the file system is read-only.*-o/,
  })
  assert.equal((await readAll(output)).length, 1)
})
