/** `halyard get` against a server of ours, and what it leaves behind. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Outcome } from 'halyard'
import type { Ended, ProgramOptions } from './child-program.js'
import { halyard } from './halyard.js'

/** Runs `halyard get ARGS` in a folder. */
export function get(t: TestContext, cwd: string, args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  return halyard(t, ['get', ...args], { cwd, ...options })
}

/** Writes `list.txt` into the folder: the lines, one after the other. */
export function writeList(folder: string, lines: readonly string[], name = 'list.txt'): void {
  writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''))
}

/** The records of a run, by the number of their line. */
export function records(folder: string, output = 'downloads'): Outcome[] {
  const text = readFileSync(join(folder, output, '.halyard', 'journal.jsonl'), 'utf8')
  const found = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome)
  return found.sort((a, b) => a.id - b.id)
}

/** The files of a run, without its own folder. */
export function filesIn(folder: string, output = 'downloads'): string[] {
  return readdirSync(join(folder, output))
    .filter((name) => name !== '.halyard')
    .sort()
}
