/** The step by which a part becomes a file: it has the final name with all of its bytes, or not at all. */
import { closeSync, constants, fstatSync, linkSync, lstatSync, openSync, readSync, renameSync, unlinkSync } from 'node:fs'
import { DownloadError } from '../errors.js'
import { otherName } from '../naming/fit.js'
import { isErrno } from './output-failure.js'

const NOFOLLOW = constants.O_NOFOLLOW ?? 0

/** Gives the part its name, `file` for people. An older file is replaced; so is a symbolic link, and what it leads to stays as it is. */
export function replaceBy(partPath: string, path: string, file: string): void {
  try {
    renameSync(partPath, path)
  } catch (error) {
    if (isErrno(error, 'EISDIR', 'ENOTEMPTY', 'EEXIST', 'EPERM') && lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      throw new DownloadError('OUTPUT_DENIED', `${file} is a folder, and a file of that name is needed`, { cause: error })
    }
    throw error
  }
}

/**
 * Gives the part the first free name of `name`, `name-<id+1>`, …, and replaces nothing but a file with the same bytes, which only a run
 * that died before it could record it has left.
 */
export function publishBeside(partPath: string, folderPath: string, name: string, id: number): string {
  for (let attempt = 0; ; attempt += 1) {
    const candidate = attempt === 0 ? name : otherName(name, id, attempt)
    const path = `${folderPath}/${candidate}`
    if (publishNew(partPath, path)) return candidate
    if (sameBytes(partPath, path)) {
      renameSync(partPath, path)
      return candidate
    }
  }
}

/** False: the name is taken. */
function publishNew(partPath: string, path: string): boolean {
  try {
    linkSync(partPath, path)
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    // No hard links here (FAT, some network file systems): an empty file holds the name for the blink until it is replaced.
    if (isErrno(error, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK')) return publishByPlaceholder(partPath, path)
    throw error
  }
  unlinkSync(partPath)
  return true
}

/** The way of file systems without hard links. False: the name is taken. */
export function publishByPlaceholder(partPath: string, path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NOFOLLOW))
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  }
  renameSync(partPath, path)
  return true
}

/** Whether both are files with the same content. A symbolic link is never the same. */
export function sameBytes(path: string, other: string): boolean {
  const stats = lstatSync(other, { throwIfNoEntry: false })
  if (stats === undefined || !stats.isFile()) return false
  const fds = [openSync(path, constants.O_RDONLY | NOFOLLOW)]
  try {
    fds.push(openSync(other, constants.O_RDONLY | NOFOLLOW))
    const [mine = -1, theirs = -1] = fds
    return fstatSync(mine).size === fstatSync(theirs).size && sameContent(mine, theirs)
  } catch (error) {
    // Not ours to read, so not ours.
    if (isErrno(error, 'EACCES', 'EPERM', 'ELOOP', 'ENOENT')) return false
    throw error
  } finally {
    fds.forEach(closeSync)
  }
}

const CHUNK = 64 * 1024

function sameContent(mine: number, theirs: number): boolean {
  const a = Buffer.allocUnsafe(CHUNK)
  const b = Buffer.allocUnsafe(CHUNK)
  for (let position = 0; ;) {
    const read = readSync(mine, a, 0, CHUNK, position)
    if (read === 0) return true
    // A short read of one is no difference: ask the other for as much.
    if (readSync(theirs, b, 0, read, position) !== read || !a.subarray(0, read).equals(b.subarray(0, read))) return false
    position += read
  }
}
