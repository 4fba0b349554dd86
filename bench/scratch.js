// Folders that a benchmark serves from and writes into: in memory where there is such a file system, so that no disk is measured.
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new, empty folder; whoever makes it removes it. */
export function makeScratch(name = 'halyard-bench') {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `${name}-`))
}
