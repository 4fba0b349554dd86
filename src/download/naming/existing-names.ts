/** What is below the output folder before a run begins. */
import { opendirSync, type Dir } from 'node:fs'
import { join } from 'node:path'
import { RunError } from '../errors.js'
import { isPartName } from './part-name.js'
import { STATE_FOLDER } from './state-folder.js'

/**
 * Every name below `root`, one at a time: `a.gif`, `a/` for a folder, `a/b.gif` for what is in it. Links are files, wherever they lead. Our
 * books at the top and the parts of killed runs are left out; a `root` that is not there yet is empty.
 *
 * @throws {RunError} ERR_OUTPUT: a folder that cannot be read, named
 */
export function* existingNames(root: string): Generator<string, void, undefined> {
  yield* namesIn(root, '')
}

function* namesIn(root: string, folder: string): Generator<string, void, undefined> {
  const entries = open(join(root, folder), folder === '')
  if (entries === undefined) return
  try {
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
      if (isPartName(entry.name) || (folder === '' && entry.name === STATE_FOLDER)) continue
      const name = folder + entry.name
      if (entry.isDirectory()) {
        yield `${name}/`
        yield* namesIn(root, `${name}/`)
      } else {
        yield name
      }
    }
  } finally {
    entries.closeSync()
  }
}

function open(path: string, mayBeMissing: boolean): Dir | undefined {
  try {
    return opendirSync(path)
  } catch (error) {
    if (mayBeMissing && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new RunError('ERR_OUTPUT', `Cannot read the folder ${path}: ${(error as Error).message}`, { cause: error })
  }
}
