import { opendirSync } from 'node:fs'

/** Whether nothing at all is in a folder, or there is none. One that cannot be read is not known to be empty. */
export function isEmptyFolder(path: string): boolean {
  try {
    const folder = opendirSync(path)
    try {
      return folder.readSync() === null
    } finally {
      folder.closeSync()
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}
