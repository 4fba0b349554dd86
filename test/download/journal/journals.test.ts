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

const { readsBack } = (await import(
  new URL('../../../../dist/contracts/journal.js', import.meta.url).href
)) as typeof import('../../../src/contracts/journal.js')

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
    fc.asyncProperty(outcomes(), fc.integer({ min: 0, max: 5 }), (list, cut) => readsBack(inFiles(false)(t), list, cut)),
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
