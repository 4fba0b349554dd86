/** Runs in a folder of their own, opened and closed around what a test does in between. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { BeginOptions, BegunRun, RunFolder } from '../../../src/download/journal/run-folder.js'
import type { RunDescription, RunRecord } from '../../../src/download/journal/run-record.js'
import type { Outcome } from '../../../src/download/outcome.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { layoutOf, openRunFolder } from './journal-modules.js'

/** What a test does while the folder is open. */
export type Act = (folder: RunFolder, begun: BegunRun) => void

export const now = (): Date => new Date('2026-01-02T03:04:05Z')
export const run: RunDescription = { version: '1.0.0', list: 'abc', options: { name: '{base}', decode: false } }
export const otherRun: RunDescription = { ...run, options: { name: '{path}', decode: false } }

export const ok = (id: number): Outcome => ({
  id,
  url: `https://host.example/${id}`,
  status: 'ok',
  file: `${id}.gif`,
  bytes: id,
  sha256: 'ab',
  etag: `"${id}"`,
  lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT',
})
const failed: Outcome = { id: 2, url: 'https://host.example/2', status: 'error', code: 'HTTP_503' }
const missing: Outcome = { id: 3, url: 'https://host.example/3', status: 'not-found', code: 'HTTP_404' }
const slow: Outcome = { id: 4, url: 'https://host.example/4', status: 'error', code: 'TIMEOUT_STALL' }
const all = [ok(0), ok(1), failed, missing, slow]

/** Opens, begins, and closes again unless told what to do. */
export async function session(
  output: string,
  description: RunDescription,
  options: BeginOptions = {},
  act: (
    folder: ReturnType<typeof openRunFolder>,
    begun: ReturnType<ReturnType<typeof openRunFolder>['begin']>,
  ) => void = () => {},
): Promise<void> {
  const folder = openRunFolder(output, { now })
  try {
    const begun = folder.begin(description, options)
    act?.(folder, begun)
    await begun.journal.close()
  } finally {
    folder.close()
  }
}

export const recordAll: Act = (_, { journal }) => {
  for (const outcome of all) if (!journal.done(outcome.id)) journal.record(outcome)
}

export const runJson = (output: string): RunRecord => JSON.parse(readFileSync(layoutOf(output).run, 'utf8')) as RunRecord
export const ids = (path: string): number[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as Outcome).id)

export function finishedRun(t: TestContext): Promise<string> {
  const output = join(temporaryFolder(t), 'deep', 'out')
  return session(output, run, { existing: () => ['old.gif'] }, (folder, begun) => {
    recordAll(folder, begun)
    begun.journal.flush()
    folder.finish(5)
  }).then(() => output)
}
