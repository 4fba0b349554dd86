/** Room for a file whose bytes come in any order: it has its full size before the first of them. */
import { ftruncateSync, statfsSync } from 'node:fs'
import { DownloadError } from '../errors.js'

/**
 * Gives the open file its size. A hole, not blocks: Node has no `posix_fallocate`. So that a disk which is too small is found out now and not
 * after an hour, the file system is asked how much is free; what else is written meanwhile it cannot know.
 *
 * @param folder where the file is
 * @param there bytes of it that are written already
 * @throws {DownloadError} DISK_FULL
 * @throws the error of the file system, such as EFBIG
 */
export function makeRoom(fd: number, folder: string, total: number, there: number): void {
  const free = freeBytes(folder)
  if (free !== undefined && total - there > free) {
    throw new DownloadError('DISK_FULL', `${total - there} bytes are to come, and ${free} are free`)
  }
  ftruncateSync(fd, total)
}

/** Undefined: the file system does not say, as some of the network do not. */
function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize, blocks } = statfsSync(folder)
    return blocks === 0 ? undefined : bavail * bsize
  } catch {
    return undefined
  }
}
