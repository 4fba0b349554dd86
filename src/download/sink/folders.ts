/**
 * Folders below the output, made as needed and never reached through a symbolic link.
 *
 * Node has no `openat`. But Linux shows every open folder below /proc/self/fd, and a path that begins there begins in that very folder,
 * whatever its name leads to by now. So folders are opened one from the other, none through a link, and what is put into the last cannot be
 * led astray by a link planted meanwhile. Elsewhere each component is looked at, which leaves the blink between looking and using.
 *
 * The output folder itself may be a link; whoever chose it chose where it leads.
 */
import { closeSync, constants, existsSync, lstatSync, mkdirSync, openSync } from 'node:fs'
import { makeFolder } from '../disk/make-folder.js'
import { syncFolder } from '../disk/sync-folder.js'
import { DownloadError } from '../errors.js'
import { isErrno } from './output-failure.js'

const HELD = '/proc/self/fd'

/** Whether folders can be held open here. */
export const CAN_HOLD: boolean = process.platform === 'linux' && existsSync(HELD)

/** A folder that files are put into. */
export interface Folder {
  /** For calls of the file system; people know it by another name. */
  readonly path: string
  /** When nothing more is to be done in it; once. */
  release(): void
}

/**
 * Whether the folder (relative, '' is the root itself) is there.
 *
 * @throws {DownloadError} OUTPUT_DENIED: a file or a link is in its way
 */
export function hasFolder(root: string, folder: string): boolean {
  return folder === '' || pathsTo(root, folder).every((path) => isFolder(path))
}

/**
 * Opens a folder; makes what is missing of it and of the root. With `durable` each new folder is on the disk when this returns. `hold` is for
 * tests: the way of systems where folders cannot be held.
 *
 * @throws {DownloadError} OUTPUT_DENIED: a file or a link is in the way; or the error of the file system
 */
export function openFolder(root: string, folder: string, durable: boolean, hold: boolean = CAN_HOLD): Folder {
  if (folder === '') makeFolder(root, durable)
  let at = root
  let fd: number | undefined
  for (const path of folder === '' ? [] : pathsTo(root, folder)) {
    const above = fd
    try {
      const below = `${at}/${path.slice(path.lastIndexOf('/') + 1)}`
      fd = hold ? openOne(below, path) : undefined
      if (fd === undefined && makeOne(below, path, root, durable) && durable) syncFolder(at)
      if (hold) fd ??= openOne(below, path)
      if (hold && fd === undefined) throw new DownloadError('OUTPUT_FAILED', `${path} was removed as soon as it was made`)
      at = fd === undefined ? below : `${HELD}/${fd}`
    } finally {
      if (above !== undefined) closeSync(above)
    }
  }
  return { path: at, release: () => fd !== undefined && closeSync(fd) }
}

/** Makes a folder unless it is there; `name` is its name for people. True: it was made. */
function makeOne(path: string, name: string, root: string, durable: boolean): boolean {
  for (let attempt = 0; ; attempt += 1) {
    if (isFolder(path, name)) return false
    try {
      mkdirSync(path)
      return true
    } catch (error) {
      if (attempt === 1) throw error
      if (isErrno(error, 'ENOENT')) makeFolder(root, durable)
      // Another thread or process was faster; another look says what it made.
      else if (!isErrno(error, 'EEXIST')) throw error
    }
  }
}

/** Undefined: it is not there. */
function openOne(path: string, name: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    // Says what it is instead.
    if (isErrno(error, 'ENOTDIR', 'ELOOP')) isFolder(path, name)
    throw error
  }
}

function isFolder(path: string, name: string = path): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return false
  if (stats.isDirectory()) return true
  const what = stats.isSymbolicLink() ? 'a symbolic link' : 'a file'
  throw new DownloadError('OUTPUT_DENIED', `${name} is ${what}, and a folder of that name is needed`)
}

/** `root/a`, `root/a/b` for `a/b`. */
function pathsTo(root: string, folder: string): string[] {
  const paths: string[] = []
  for (const name of folder.split('/')) paths.push(`${paths.at(-1) ?? root}/${name}`)
  return paths
}
