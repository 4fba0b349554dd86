import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { makeFolder } from './make-folder.js'
import { OutputError } from './output-error.js'

/**
 * Writes `bytes` to `path` so that the name never holds a part of them: into a hidden file beside it, which is then renamed.
 *
 * Makes the folder if it is missing. A symbolic link at `path` is replaced, not followed. It works synchronously: a flag is one small write,
 * and an interrupt cannot come between the writing and the renaming.
 *
 * @throws {OutputError} the file cannot be written; nothing of it is left
 */
export function writeWholeFile(path: string, bytes: Uint8Array): void {
  let part: { readonly path: string; readonly fd: number } | undefined
  try {
    part = createPart(path)
    try {
      writeFileSync(part.fd, bytes)
    } finally {
      closeSync(part.fd)
    }
    renameSync(part.path, path)
  } catch (error) {
    if (part !== undefined) rmSync(part.path, { force: true })
    throw error instanceof OutputError ? error : new OutputError(path, error)
  }
}

/** Creates the hidden file. Threads and processes may be writing the same flag: each takes the first free name, and `wx` lets one have it. */
function createPart(path: string): { path: string; fd: number } {
  let madeFolder = false
  for (let attempt = 0; ; attempt += 1) {
    const part = join(dirname(path), `.${basename(path)}.${process.pid}.${attempt}.part`)
    try {
      return { path: part, fd: openSync(part, 'wx') }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT' && !madeFolder) {
        makeFolder(dirname(path))
        madeFolder = true
      } else if (code !== 'EEXIST') {
        throw error
      }
    }
  }
}
