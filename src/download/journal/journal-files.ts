/**
 * The files of a journal: `journal.jsonl` takes what is recorded, and when it is full it is closed under a number, `journal.000001.jsonl`. So
 * what has been recorded long ago is not touched again, neither to go on nor to repeat what failed.
 */
import { closeSync, fstatSync, lstatSync, readdirSync, readSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { scanRecords, type RecordVisitor } from './scan-records.js'
import { openToRead } from './state-file.js'

/** Where the closed file `number` of the journal at `path` is; they count from 1. */
export function closedPath(path: string, number: number): string {
  return path.replace(/\.jsonl$/, `.${String(number).padStart(6, '0')}.jsonl`)
}

/** The closed files of the journal at `path`, oldest first. */
export function closedFiles(path: string): { readonly number: number; readonly path: string }[] {
  let names: string[]
  try {
    names = readdirSync(dirname(path))
  } catch {
    return []
  }
  const begin = `${stem(path)}.`
  return names
    .filter((name) => name.startsWith(begin) && /^\d{6,}\.jsonl$/.test(name.slice(begin.length)))
    .map((name) => ({ number: Number.parseInt(name.slice(begin.length), 10), path: join(dirname(path), name) }))
    .sort((one, other) => one.number - other.number)
}

/** Every file of the journal at `path` that is there. */
export function allFiles(path: string): string[] {
  const closed = closedFiles(path).map((file) => file.path)
  return isThere(path) ? [...closed, path] : closed
}

export function removeJournal(path: string): void {
  for (const file of allFiles(path)) rmSync(file, { force: true })
}

/** The journal at `from` becomes the one at `to`, where there must be none, or the rest of one that a crash kept from being moved. */
export function moveJournal(from: string, to: string): void {
  for (const file of allFiles(from)) renameSync(file, join(dirname(to), basename(file).replace(stem(from), stem(to))))
}

const stem = (path: string): string => basename(path, '.jsonl')

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined

/**
 * All files of a journal as one, to be read: places count from the begin of the oldest. Needs no lock; what is recorded after it was opened may
 * be seen or not.
 */
export class JournalFiles {
  readonly #paths: string[]
  /** Where each begins. */
  readonly #starts: number[] = []
  /** Open from the beginning: it may be closed under a number, and another begun in its place. */
  readonly #active: number | undefined
  #open: { readonly index: number; readonly fd: number } | undefined

  /** @throws what the file system says: ENOENT if there is no file at all */
  constructor(path: string) {
    this.#active = openActive(path)
    const active = this.#active === undefined ? undefined : fstatSync(this.#active)
    let end = 0
    const paths: string[] = []
    for (const file of closedFiles(path)) {
      const { ino, size } = lstatSync(file.path)
      if (ino === active?.ino) break
      paths.push(file.path)
      this.#starts.push(end)
      end += size
    }
    if (active !== undefined) {
      paths.push(path)
      this.#starts.push(end)
    }
    this.#paths = paths
  }

  /** Visits every record. @throws {RunError} ERR_JOURNAL */
  scan(visit: RecordVisitor): void {
    for (const [index, path] of this.#paths.entries()) {
      const start = this.#starts[index] ?? 0
      scanRecords(this.#fd(index), path, (id, status, bytes, offset, ...rest) =>
        visit(id, status, bytes, start + offset, ...rest),
      )
    }
  }

  /** Each file in turn, oldest first. The descriptor is valid until the next turn. */
  *[Symbol.iterator](): Generator<{ readonly fd: number; readonly path: string }, void, undefined> {
    for (const [index, path] of this.#paths.entries()) yield { fd: this.#fd(index), path }
  }

  read(buffer: Buffer, place: number): number {
    const index = this.#indexOf(place)
    return readSync(this.#fd(index), buffer, 0, buffer.length, place - (this.#starts[index] ?? 0))
  }

  /** The file that a place is in, and where in it. */
  at(place: number): { readonly path: string; readonly offset: number } {
    const index = this.#indexOf(place)
    return { path: this.#paths[index] ?? '', offset: place - (this.#starts[index] ?? 0) }
  }

  close(): void {
    if (this.#open !== undefined) closeSync(this.#open.fd)
    this.#open = undefined
    if (this.#active !== undefined) closeSync(this.#active)
  }

  #indexOf(place: number): number {
    let index = this.#starts.length - 1
    while (index > 0 && (this.#starts[index] ?? 0) > place) index -= 1
    return index
  }

  #fd(index: number): number {
    if (index === this.#paths.length - 1 && this.#active !== undefined) return this.#active
    if (this.#open?.index === index) return this.#open.fd
    if (this.#open !== undefined) closeSync(this.#open.fd)
    this.#open = undefined
    this.#open = { index, fd: openToRead(this.#paths[index] ?? '') }
    return this.#open.fd
  }
}

function openActive(path: string): number | undefined {
  try {
    return openToRead(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && closedFiles(path).length > 0) return undefined
    throw error
  }
}
