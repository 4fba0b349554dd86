/** Writes the records of a folder as one table, in the order of the list where memory allows it. */
import { closeSync, constants, openSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { writeWhole } from '../disk/write-whole.js'
import type { Outcome } from '../outcome.js'
import { csvHeader, csvRow } from './export-csv.js'
import { parquetRows } from './export-parquet.js'
import type { Exported, ExportOptions, ResultsFormat } from './export-results.js'
import { outputError } from './output-error.js'
import { openJournalToRead, readOutcomes } from './read-journal.js'
import { recordLine } from './record-line.js'
import { RecordIndex } from './record-index.js'

/** Lines whose places are kept in memory to bring them into order: 80 MB. */
const MOST_IN_ORDER = 10_000_000
/** Rows after which other things get their turn, and characters that are written at once. */
const BATCH = 1_000
const PIECE = 262_144

/** @throws RunError ERR_JOURNAL, ERR_OUTPUT */
export async function writeResults(
  output: string,
  file: string,
  format: ResultsFormat,
  { mostInOrder = MOST_IN_ORDER }: ExportOptions = {},
): Promise<Exported> {
  const journal = openJournalToRead(output)
  // Beside the file, so that the rename stays on one file system.
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}.new`)
  try {
    const index = new RecordIndex(journal, mostInOrder)
    const batches = index.complete ? inOrder(index) : readOutcomes(output)
    const records = await writeDraft(draft, format, batches)
    renameSync(draft, file)
    return { records, order: index.complete ? 'list' : 'ended' }
  } catch (error) {
    rmSync(draft, { force: true })
    throw outputError(file, error)
  } finally {
    journal.close()
  }
}

async function* inOrder(index: RecordIndex): AsyncGenerator<Outcome[], void, undefined> {
  let batch: Outcome[] = []
  for (const outcome of index.inOrder()) {
    batch.push(outcome)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
    await nextTurn()
  }
  yield batch
}

async function writeDraft(draft: string, format: ResultsFormat, batches: AsyncIterable<Outcome[]>): Promise<number> {
  rmSync(draft, { force: true })
  const fd = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666)
  try {
    const rows = format === '.parquet' ? await parquetRows(fd) : textRows(fd, format)
    let records = 0
    for await (const batch of batches) {
      for (const outcome of batch) rows.add(outcome)
      records += batch.length
    }
    rows.finish()
    return records
  } finally {
    closeSync(fd)
  }
}

function textRows(fd: number, format: '.jsonl' | '.csv'): { add(outcome: Outcome): void; finish(): void } {
  const line = format === '.csv' ? csvRow : recordLine
  let piece = format === '.csv' ? csvHeader : ''
  const writeOut = (): void => {
    writeWhole(fd, Buffer.from(piece))
    piece = ''
  }
  return {
    add(outcome) {
      piece += line(outcome)
      if (piece.length >= PIECE) writeOut()
    },
    finish: writeOut,
  }
}
