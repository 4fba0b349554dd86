import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Makes the names in a folder outlive a loss of power. */
export function syncFolder(path: string): void {
  // Windows has no such call, and needs none.
  if (process.platform === 'win32') return
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
