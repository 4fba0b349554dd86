/** Files that hold the state of a run: for their owner's eyes only, reached through no symbolic link, and never half-written under their name. */
import { closeSync, constants, fsyncSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncFolder } from '../disk/sync-folder.js'

const OWNER_ONLY = 0o600

export function openToRead(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
}

/** Does something with a file that is open as long as that takes. */
export function reading<Result>(path: string, read: (fd: number) => Result): Result {
  const fd = openToRead(path)
  try {
    return read(fd)
  } finally {
    closeSync(fd)
  }
}

/** All that is in a file. */
export function readWhole(path: string): Buffer {
  return reading(path, (fd) => readFileSync(fd))
}

/** Makes a folder for such files, in one that is there, unless it is there itself. */
export function makeStateFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Through a symbolic link we would write into somebody else's folder.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !lstatSync(path).isDirectory()) throw error
  }
}

/** For reading, and for writing at the end. */
export function openToAppend(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, OWNER_ONLY)
}

/**
 * Puts a new file in the place of `path`, all of it or nothing, even if the power goes. `write` gets a descriptor open for writing; what it
 * throws is thrown, and the old file stays. Only one process at a time may do this to a path.
 */
export function replaceFile(path: string, write: (fd: number) => void): void {
  const fresh = `${path}.new`
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW
    const fd = openSync(fresh, flags, OWNER_ONLY)
    try {
      write(fd)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(fresh, path)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
  syncFolder(dirname(path))
}
