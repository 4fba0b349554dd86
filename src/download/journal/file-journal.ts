/**
 * FileJournal: one JSON line for each line of the list, in the order in which they ended.
 *
 *   record() ─▶ pending ─▶ once a turn of the event loop, or at 256 KB: write at the end of the file (─▶ fdatasync, when durable)
 *
 * The file holds whole lines, and perhaps a torn one at its end after a crash, which is cut off when it is opened again. When the disk is full
 * in the middle of a write the torn line is cut off at once.
 */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, writeSync } from 'node:fs'
import { RunError } from '../errors.js'
import type { Outcome } from '../outcome.js'
import { CheckedRecords } from './checked-records.js'
import type { Journal, Tally } from './journal.js'
import { journalError } from './journal-error.js'
import { outputError, writing } from './output-error.js'
import { recordLine } from './record-line.js'
import { scanRecords } from './scan-records.js'
import { openToAppend } from './state-file.js'

/** Characters that may wait for the end of the turn. */
const MOST_PENDING = 262_144
const LINE_FEED = 10

export interface FileJournalOptions {
  /** fdatasync after each write. @default false */
  readonly durable?: boolean
  /** Called before records are written: writes what must be there before them. What it throws is the journal's failure. */
  readonly before?: () => void
  /** Called once it is closed; lets go of the folder. */
  readonly release?: () => void
}

export class FileJournal implements Journal {
  readonly #path: string
  readonly #fd: number
  readonly #durable: boolean
  readonly #before: (() => void) | undefined
  readonly #release: (() => void) | undefined
  #records: CheckedRecords
  /** Bytes of the file, whole lines all. */
  #size: number
  #pending = ''
  #turn: NodeJS.Immediate | undefined
  #failure: RunError | undefined
  #closed: Promise<void> | undefined

  /**
   * Opens the journal at `path`, which is made if it is not there. Only one process may have it open: see `acquireLock`.
   *
   * @throws RunError ERR_OUTPUT if it cannot be opened or written, ERR_JOURNAL if it holds what is not a record, or two for one line
   */
  constructor(path: string, { durable = false, before, release }: FileJournalOptions = {}) {
    this.#path = path
    this.#durable = durable
    this.#before = before
    this.#release = release
    this.#fd = writing(path, () => openToAppend(path))
    try {
      ;({ records: this.#records, size: this.#size } = readBack(this.#fd, path))
    } catch (error) {
      closeSync(this.#fd)
      throw outputError(path, error)
    }
  }

  /** What is in the file, and what is on its way there. */
  get tally(): Tally {
    return this.#records.tally
  }

  done(id: number): boolean {
    return this.#records.has(id)
  }

  /** The first line without a record: everything before it can be skipped. */
  firstUndone(): number {
    return this.#records.firstUndone()
  }

  record(outcome: Outcome): void {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#closed !== undefined)
      throw new RunError('ERR_JOURNAL', `${this.#path} is closed; line ${outcome.id} was not recorded`)
    this.#records.add(outcome)
    this.#pending += recordLine(outcome)
    if (this.#pending.length >= MOST_PENDING) this.flush()
    else this.#turn ??= setImmediate(() => this.#write())
  }

  flush(): void {
    this.#write()
    if (this.#failure !== undefined) throw this.#failure
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    try {
      this.#write()
      // Somebody removed the file while we wrote to it, which goes on without complaint.
      if (fstatSync(this.#fd).nlink === 0) this.#failure ??= outputError(this.#path, { code: 'ENOENT' })
      closeSync(this.#fd)
    } finally {
      this.#release?.()
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Never throws, for it is also called by the event loop: a failure is kept for the next one who asks. */
  #write(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
    if (this.#pending === '' || this.#failure !== undefined) return
    const bytes = Buffer.from(this.#pending)
    this.#pending = ''
    let written = 0
    try {
      this.#before?.()
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written)
      if (this.#durable) fdatasyncSync(this.#fd)
      this.#size += bytes.length
    } catch (error) {
      this.#failure = outputError(this.#path, error)
      this.#keepWholeLines(bytes.subarray(0, written))
    }
  }

  /** The write stopped in the middle: what it wrote whole is kept, and counts say what the file says. */
  #keepWholeLines(written: Uint8Array): void {
    try {
      ftruncateSync(this.#fd, this.#size + written.lastIndexOf(LINE_FEED) + 1)
      ;({ records: this.#records, size: this.#size } = readBack(this.#fd, this.#path))
    } catch {
      // The disk does not even let us cut the torn line off: whoever opens it next will.
    }
  }
}

/** Reads what is in the file, and cuts a torn last line off. */
function readBack(fd: number, path: string): { readonly records: CheckedRecords; readonly size: number } {
  const records = new CheckedRecords()
  const size = scanRecords(fd, path, (id, status, bytes, offset) => {
    if (!records.addScanned(id, status, bytes)) throw journalError(path, offset, `a second record for line ${id} of the list`)
  })
  if (fstatSync(fd).size > size) ftruncateSync(fd, size)
  return { records, size }
}
