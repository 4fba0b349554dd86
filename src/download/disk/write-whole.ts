import { writeSync } from 'node:fs'

/** Writes all of it: `writeSync` may write less than it was given. */
export function writeWhole(fd: number, bytes: Uint8Array): void {
  let written = 0
  while (written < bytes.length) written += writeSync(fd, bytes, written)
}
