import assert from 'node:assert/strict'
import { join } from 'node:path'
import { mkdtempSync, mkdirSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { describeJournalContract, type JournalPlace } from 'halyard/contracts'
import type { Outcome } from '../../../src/download/outcome.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { runs } from '../../support/thorough.js'
import { FileJournal, layoutOf, MemoryJournal, NoJournal, readOutcomes } from './journal-modules.js'
import { outcomes } from './outcomes.js'

async function readAll(output: string): Promise<Outcome[]> {
  const all: Outcome[] = []
  for await (const batch of readOutcomes(output)) all.push(...batch)
  return all
}

const inFiles =
  (durable: boolean) =>
  (t: TestContext): JournalPlace => {
    const output = mkdtempSync(join(temporaryFolder(t), 'out-'))
    const { state, journal } = layoutOf(output)
    mkdirSync(state)
    return { open: () => new FileJournal(journal, { durable }), read: () => readAll(output) }
  }

for (const durable of [false, true]) {
  describeJournalContract(durable ? 'a durable FileJournal' : 'FileJournal', inFiles(durable), { remembers: true, closes: true })
}

test('whatever a FileJournal is told is read back as it was', async (t) => {
  await fc.assert(
    fc.asyncProperty(outcomes(), fc.integer({ min: 0, max: 5 }), async (list, cut) => {
      const place = inFiles(false)(t)
      for (const part of [list.slice(0, cut), list.slice(cut)]) {
        const journal = await place.open()
        for (const outcome of part) journal.record(outcome)
        await journal.close()
      }
      const last = await place.open()
      assert.equal(last.tally.records, list.length)
      for (const { id } of list) assert.equal(last.done(id), true)
      await last.close()
      assert.deepEqual(await place.read?.(), list)
    }),
    runs(300),
  )
})

describeJournalContract(
  'MemoryJournal',
  () => {
    const journal = new MemoryJournal()
    return { open: () => journal, read: async () => journal.outcomes }
  },
  { remembers: true, closes: false },
)

describeJournalContract('NoJournal', () => ({ open: () => new NoJournal() }), { remembers: false, closes: false })
