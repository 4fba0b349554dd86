/** Reading what a run recorded, while it goes on or afterwards. Needs no lock: a last line that is being written counts as not written. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { RunError } from '../errors.js'
import type { Outcome } from '../outcome.js'
import { layoutOf } from './folder-layout.js'
import { journalError } from './journal-error.js'
import { JournalFiles } from './journal-files.js'
import { LineChunks } from './line-chunks.js'
import { parseRecord } from './parse-record.js'

/** Opens the journal of a folder for reading; closing it is the caller's. */
export function openJournalToRead(output: string): JournalFiles {
  const { journal: path } = layoutOf(output)
  try {
    return new JournalFiles(path)
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    const why =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? `there is no journal in ${output}: is it the folder that was given to halyard get with -o?`
        : `${path} cannot be read (${code}); check who owns it`
    throw new RunError('ERR_JOURNAL', why, { cause })
  }
}

/**
 * Every outcome recorded in the folder, in the order in which they ended, some hundred at a time; in memory that does not grow with them.
 *
 * @throws RunError ERR_JOURNAL if there is no journal, or a line in it that is not a record, named by number and place
 */
export async function* readOutcomes(output: string): AsyncGenerator<Outcome[], void, undefined> {
  const files = openJournalToRead(output)
  try {
    for (const { fd, path } of files) {
      const chunks = new LineChunks(fd, path)
      for (const chunk of chunks) {
        yield outcomesOf(chunk, path, chunks.start)
        await nextTurn()
      }
    }
  } finally {
    files.close()
  }
}

function outcomesOf(chunk: Buffer, path: string, start: number): Outcome[] {
  const outcomes: Outcome[] = []
  for (const line of chunk.toString('utf8', 0, chunk.length - 1).split('\n')) {
    const outcome = parseRecord(line)
    if (outcome === undefined) throw journalError(path, start + placeOfLine(chunk, outcomes.length), 'not a record')
    outcomes.push(outcome)
  }
  return outcomes
}

/** Where in the chunk its line `index` begins; counted in the bytes themselves, because broken text has other lengths once decoded. */
function placeOfLine(chunk: Buffer, index: number): number {
  let place = 0
  for (let line = 0; line < index; line++) place = chunk.indexOf(10, place) + 1
  return place
}
