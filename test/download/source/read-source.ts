/** What a source gives, for tests to look at. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Source, SourceEntry } from '../../../src/download/source/source.js'
import type { SourceOptions } from '../../../src/download/source/open-source.js'
import { openSource } from './source-modules.js'

export async function allOf(source: Source): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = []
  for await (const batch of source.batches()) entries.push(...batch)
  return entries
}

/** One line for each entry: `2 http://…`, `3 INVALID_ROW`. */
export function told(entries: readonly SourceEntry[]): string[] {
  return entries.map((entry) => `${entry.line ?? '-'} ${'input' in entry ? entry.input.url : entry.problem.code}`)
}

export function writeList(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** Writes a list and reads it. */
export async function readList(
  folder: string,
  name: string,
  content: string | Uint8Array,
  options: SourceOptions = {},
): Promise<SourceEntry[]> {
  return allOf(await openSource({ ...options, inputs: [writeList(folder, name, content)] }))
}

/** Reads until it fails: what came before, and the error. */
export async function untilFailure(source: Source): Promise<{ entries: SourceEntry[]; error: Error & { code?: string } }> {
  const entries: SourceEntry[] = []
  try {
    for await (const batch of source.batches()) entries.push(...batch)
  } catch (error) {
    return { entries, error: error as Error }
  }
  throw new Error('it did not fail')
}
