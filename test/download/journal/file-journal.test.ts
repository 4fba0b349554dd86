import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Outcome } from '../../../src/download/outcome.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { FileJournal, recordLine } from './journal-modules.js'

const outcome = (id: number, url = `https://host.example/${id}`): Outcome => ({ id, url, status: 'ok', bytes: 1 })
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('records of one turn of the event loop are written together, when it is over', async (t) => {
  const path = join(temporaryFolder(t), 'journal')
  const journal = new FileJournal(path)
  journal.record(outcome(0))
  await Promise.resolve()
  journal.record(outcome(1))
  assert.equal(statSync(path).size, 0)
  await nextTurn()
  assert.equal(readFileSync(path, 'utf8'), recordLine(outcome(0)) + recordLine(outcome(1)))
  journal.record(outcome(2))
  await nextTurn()
  assert.equal(readFileSync(path, 'utf8').split('\n').length, 4)
  await journal.close()
})

test('flush and close write at once what waits for the end of the turn', async (t) => {
  const path = join(temporaryFolder(t), 'journal')
  const journal = new FileJournal(path)
  journal.record(outcome(0))
  journal.flush()
  assert.equal(readFileSync(path, 'utf8'), recordLine(outcome(0)))
  journal.record(outcome(1))
  await journal.close()
  assert.equal(readFileSync(path, 'utf8'), recordLine(outcome(0)) + recordLine(outcome(1)))
})

test('a turn with very many records does not hold them all', async (t) => {
  const path = join(temporaryFolder(t), 'journal')
  const journal = new FileJournal(path)
  for (let id = 0; id < 2_000; id++) journal.record(outcome(id, 'x'.repeat(1_000)))
  assert.ok(statSync(path).size > 1_500_000)
  await journal.close()
})

test('the file is for its owner only', async (t) => {
  const path = join(temporaryFolder(t), 'journal')
  await new FileJournal(path).close()
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('closing lets go of the folder once, also when the last records could not be written', async (t) => {
  let released = 0
  const journal = new FileJournal(join(temporaryFolder(t), 'journal'), { release: () => released++ })
  await Promise.all([journal.close(), journal.close()])
  await journal.close()
  assert.equal(released, 1)
})
