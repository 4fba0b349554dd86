/** What an output folder holds, and what is wrong with it. All complaints are sentences; none means that all is well. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from './hostile-list.js'
import type { Found } from './records.js'

/** The name of everything that is not hidden, below `folder`. */
export function visible(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => !name.split('/').some((part) => part.startsWith('.')))
}

/** Looks at a folder again and again while runs come and go. */
export interface OutputFolder {
  readonly path: string
  /** True at every moment: whatever has a final name is what it should be, and all of it. */
  complaints(): string[]
  /** What is true only in the end: all of the list is there, and nothing is left of the work. */
  finalComplaints(): string[]
  /** Whether what a record says is there is there. */
  holds(record: Found): boolean
}

/** A folder of files. */
export class Folder implements OutputFolder {
  readonly path: string
  readonly #byFile: ReadonlyMap<string, Line>
  /** Files found whole, as they were then: they need not be read again. */
  readonly #whole = new Map<string, string>()

  constructor(path: string, lines: readonly Line[]) {
    this.path = path
    this.#byFile = new Map(lines.flatMap((line) => (line.file === undefined ? [] : [[line.file, line] as const])))
  }

  complaints(): string[] {
    return visible(this.path).flatMap((name) => this.#complaintsOf(name))
  }

  finalComplaints(): string[] {
    const names = new Set(visible(this.path))
    return [
      ...this.complaints(),
      ...[...this.#byFile.keys()].filter((file) => !names.has(file)).map((file) => `${file} is missing`),
      ...leftovers(this.path).map((name) => `${name} was left over`),
    ]
  }

  holds({ file }: Found): boolean {
    return file !== undefined && existsSync(join(this.path, file))
  }

  #complaintsOf(name: string): string[] {
    const line = this.#byFile.get(name)
    if (line === undefined) return [`no line of the list is called ${name}`]
    // By inode and time of change: a file that was replaced or written to since is looked at again.
    const { ino, size, ctimeNs } = statSync(join(this.path, name), { bigint: true })
    const state = `${ino} ${size} ${ctimeNs}`
    if (this.#whole.get(name) === state) return []
    if (Number(size) !== line.bytes) return [`${name} has ${size} of ${line.bytes} bytes under its final name`]
    const found = createHash('sha256')
      .update(readFileSync(join(this.path, name)))
      .digest('hex')
    if (found !== line.sha256) return [`${name} has the right size and wrong bytes (sha256 ${found})`]
    this.#whole.set(name, state)
    return []
  }
}

/** Hidden files outside `.halyard`, and everything in there but what a finished run keeps. */
export function leftovers(folder: string): string[] {
  const kept = /^\.halyard\/(journal(\.\d{6})?\.jsonl|run\.json|existing\.jsonl|published|checkpoint|list\.index)$/
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => name.split('/').some((part) => part.startsWith('.')) && !kept.test(name))
}
