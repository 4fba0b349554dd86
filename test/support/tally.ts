/** A file that tasks append lines to: counts what really ran, wherever it ran. The tasks' side is test/fixtures/workers/tallying.ts. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A temporary folder that goes away with the test. */
export function temporaryFolder(t: { after(remove: () => void): void }, name = 'halyard-'): string {
  const folder = mkdtempSync(join(tmpdir(), name))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export class Tally {
  readonly path: string

  constructor(t: { after(remove: () => void): void }) {
    this.path = join(temporaryFolder(t), 'tally')
  }

  /** The lines so far, in the order they were written. */
  get lines(): string[] {
    return existsSync(this.path) ? readFileSync(this.path, 'utf8').split('\n').slice(0, -1) : []
  }
}
