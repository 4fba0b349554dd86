import { join } from 'node:path'
import { mkdtempSync, mkdirSync } from 'node:fs'
import type { Outcome } from '../../../src/download/outcome.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { describeJournalContract } from './journal-contract.js'
import { FileJournal, layoutOf, MemoryJournal, NoJournal, readOutcomes } from './journal-modules.js'

async function readAll(output: string): Promise<Outcome[]> {
  const all: Outcome[] = []
  for await (const batch of readOutcomes(output)) all.push(...batch)
  return all
}

for (const durable of [false, true]) {
  describeJournalContract(
    durable ? 'a durable FileJournal' : 'FileJournal',
    (t) => {
      const output = mkdtempSync(join(temporaryFolder(t), 'out-'))
      const { state, journal } = layoutOf(output)
      mkdirSync(state)
      return { open: () => new FileJournal(journal, { durable }), read: () => readAll(output) }
    },
    { remembers: true, closes: true },
  )
}

describeJournalContract(
  'MemoryJournal',
  () => {
    const journal = new MemoryJournal()
    return { open: () => journal, read: async () => journal.outcomes }
  },
  { remembers: true, closes: false },
)

describeJournalContract('NoJournal', () => ({ open: () => new NoJournal() }), { remembers: false, closes: false })
