/**
 * The names that were in the folder before the run began, kept beside its journal: whoever continues the run must give each line the name it
 * would have had, and can no longer see which files were there first. One JSON string a line, for names may hold line breaks.
 */
import { closeSync } from 'node:fs'
import { writeWhole } from '../disk/write-whole.js'
import { journalError } from './journal-error.js'
import { LineChunks } from './line-chunks.js'
import { openToRead, replaceFile } from './state-file.js'

const PIECE = 65_536

export function writeExistingNames(path: string, names: Iterable<string>): void {
  replaceFile(path, (fd) => {
    let piece = ''
    for (const name of names) {
      piece += `${JSON.stringify(name)}\n`
      if (piece.length < PIECE) continue
      writeWhole(fd, Buffer.from(piece))
      piece = ''
    }
    writeWhole(fd, Buffer.from(piece))
  })
}

/** None if there is no such file. */
export function* readExistingNames(path: string): Generator<string, void, undefined> {
  let fd: number
  try {
    fd = openToRead(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  try {
    const chunks = new LineChunks(fd, path)
    for (const chunk of chunks) {
      for (const line of chunk.toString('utf8', 0, chunk.length - 1).split('\n')) {
        const name = parseName(line)
        if (name === undefined)
          throw journalError(path, chunks.start, 'at or after this place stands something that is not a name')
        yield name
      }
    }
  } finally {
    closeSync(fd)
  }
}

function parseName(line: string): string | undefined {
  try {
    const name: unknown = JSON.parse(line)
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}
