import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { OutputError } from './output-error.js'

/**
 * Makes a folder, and those above it, unless they are there.
 *
 * Step by step, because Node's own `recursive` never comes back where no folder can be made, as below `/proc`.
 *
 * @throws {OutputError} it cannot be made
 */
export function makeFolder(path: string): void {
  if (isFolder(path)) return
  const above = dirname(path)
  if (above !== path) makeFolder(above)
  try {
    mkdirSync(path)
  } catch (error) {
    // Another thread or process may have been faster.
    if (!isFolder(path)) throw new OutputError(path, error)
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
