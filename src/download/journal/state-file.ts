/** Files that hold the state of a run: for their owner's eyes only, reached through no symbolic link, and never half-written under their name. */
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncFolder } from '../disk/sync-folder.js'

const OWNER_ONLY = 0o600

export function openToRead(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
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
