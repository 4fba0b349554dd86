/**
 * FileJournal: one JSON line for each line of the list, in the order in which they ended.
 *
 *   record() ─▶ pending ─▶ once a turn of the event loop, or at 256 KB: write at the end of the file (─▶ fdatasync, when durable)
 *                                                                       └─▶ at 64 MB: close the file under a number, begin another, checkpoint
 *
 * Opening it reads the checkpoint and what was recorded after it. The file holds whole lines, and perhaps a torn one at its end after a crash, which is cut off when it is opened again. When the disk is full
 * in the middle of a write the torn line is cut off at once.
 */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, lstatSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncFolder } from '../disk/sync-folder.js'
import { RunError } from '../errors.js'
import type { Outcome } from '../outcome.js'
import { CheckedRecords } from './checked-records.js'
import { type JournalPlace, readCheckpoint, writeCheckpoint } from './checkpoint.js'
import type { FailureCounts } from './failure-counts.js'
import type { Journal, Tally } from './journal.js'
import { journalError } from './journal-error.js'
import { closedFiles, closedPath } from './journal-files.js'
import { outputError, writing } from './output-error.js'
import { recordLine } from './record-line.js'
import { type RecordVisitor, scanRecords } from './scan-records.js'
import { openToAppend, reading } from './state-file.js'

/** Characters that may wait for the end of the turn. */
const MOST_PENDING = 262_144
/** Bytes of a file of the journal, or a few more. */
const FILE_SIZE = 64 * 1024 * 1024
/** A checkpoint when it is closed, unless what was recorded since the last one is read in an instant. Part of the size of a file. */
const WORTH_A_CHECKPOINT = 1 / 32
const LINE_FEED = 10

export interface FileJournalOptions {
  /** fdatasync after each write. @default false */
  readonly durable?: boolean
  /** Called before records are written: writes what must be there before them. What it throws is the journal's failure. */
  readonly before?: () => void
  /** Where the checkpoint is. @default none */
  readonly checkpoint?: string
  /** Bytes of one file, or a few more. @default 64 MiB */
  readonly fileSize?: number
  /** Called once it is closed; lets go of the folder. */
  readonly release?: () => void
}

export class FileJournal implements Journal {
  readonly #path: string
  readonly #durable: boolean
  readonly #before: (() => void) | undefined
  readonly #checkpoint: string | undefined
  readonly #fileSize: number
  readonly #release: (() => void) | undefined
  /** The file that takes what is recorded. */
  #fd: number
  /** Those before it. */
  #closedFiles: JournalPlace['closed']
  #records: CheckedRecords
  /** Bytes of the file, whole lines all. */
  #size: number
  /** Bytes since the last checkpoint. */
  #unchecked: number
  #pending = ''
  #turn: NodeJS.Immediate | undefined
  #failure: RunError | undefined
  #closed: Promise<void> | undefined

  /**
   * Opens the journal at `path`, which is made if it is not there. Only one process may have it open: see `acquireLock`.
   *
   * @throws RunError ERR_OUTPUT if it cannot be opened or written, ERR_JOURNAL if it holds what is not a record, or two for one line
   */
  constructor(path: string, { durable = false, before, checkpoint, fileSize = FILE_SIZE, release }: FileJournalOptions = {}) {
    this.#path = path
    this.#durable = durable
    this.#before = before
    this.#checkpoint = checkpoint
    this.#fileSize = fileSize
    this.#release = release
    // A crash came while it was written.
    if (checkpoint !== undefined) rmSync(`${checkpoint}.new`, { force: true })
    this.#fd = writing(path, () => openToAppend(path))
    try {
      const found = readBack(this.#fd, path, checkpoint)
      this.#records = found.records
      this.#size = found.size
      this.#unchecked = found.unchecked
      this.#closedFiles = closedFiles(path).map((file) => [file.number, lstatSync(file.path).size])
      // Not once more, should this run be killed soon.
      if (this.#unchecked > fileSize) this.#writeCheckpoint()
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
    return this.#records.done.has(id)
  }

  /** The first line without a record: everything before it can be skipped. */
  firstUndone(): number {
    return this.#records.done.firstUndone()
  }

  /** Why lines failed, in this run and earlier. */
  get failures(): FailureCounts {
    return this.#records.failures
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
      if (this.#failure === undefined && this.#unchecked >= this.#fileSize * WORTH_A_CHECKPOINT) this.#writeCheckpoint()
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
      this.#unchecked += bytes.length
    } catch (error) {
      this.#failure = outputError(this.#path, error)
      this.#keepWholeLines(bytes.subarray(0, written))
      return
    }
    if (this.#size >= this.#fileSize) this.#beginAnother()
  }

  /** The file is full. Its bytes are on the disk before it is closed: a torn line would be the last one no more. */
  #beginAnother(): void {
    const number = (this.#closedFiles.at(-1)?.[0] ?? 0) + 1
    try {
      fdatasyncSync(this.#fd)
      renameSync(this.#path, closedPath(this.#path, number))
      this.#closedFiles = [...this.#closedFiles, [number, this.#size]]
      const fd = openToAppend(this.#path)
      closeSync(this.#fd)
      this.#fd = fd
      this.#size = 0
      if (this.#durable) syncFolder(dirname(this.#path))
    } catch (error) {
      this.#failure = outputError(this.#path, error)
      return
    }
    this.#writeCheckpoint()
  }

  /** Without it the next run has more to read, and that is all. */
  #writeCheckpoint(): void {
    if (this.#checkpoint === undefined) return
    try {
      writeCheckpoint(this.#checkpoint, { closed: this.#closedFiles, offset: this.#size }, this.#fd, this.#records)
      this.#unchecked = 0
    } catch {
      // The disk is full, or the folder was removed: the next record will tell.
    }
  }

  /** The write stopped in the middle: what it wrote whole is kept, and counts say what the file says. */
  #keepWholeLines(written: Uint8Array): void {
    try {
      ftruncateSync(this.#fd, this.#size + written.lastIndexOf(LINE_FEED) + 1)
      ;({ records: this.#records, size: this.#size } = readBack(this.#fd, this.#path, this.#checkpoint))
    } catch {
      // The disk does not even let us cut the torn line off: whoever opens it next will.
    }
  }
}

/** Reads what is in the files, from the checkpoint on where it fits, and cuts a torn last line off. */
function readBack(fd: number, path: string, checkpoint: string | undefined): ReadBack {
  const known = checkpoint === undefined ? undefined : readCheckpoint(checkpoint, path)
  const records = known?.records ?? new CheckedRecords()
  const before = known?.place.closed.length ?? 0
  let from = known?.place.offset ?? 0
  let unchecked = 0
  const scan = (file: number, name: string): number => {
    const visit: RecordVisitor = (id, status, bytes, offset, _length, code, url) => {
      if (!records.addScanned(id, status, bytes, code, url)) {
        throw journalError(name, offset, `a second record for line ${id} of the list`)
      }
    }
    const end = scanRecords(file, name, visit, from)
    unchecked += end - from
    from = 0
    return end
  }
  for (const { path: closed } of closedFiles(path).slice(before)) reading(closed, (file) => scan(file, closed))
  const size = scan(fd, path)
  if (fstatSync(fd).size > size) ftruncateSync(fd, size)
  return { records, size, unchecked }
}

interface ReadBack {
  readonly records: CheckedRecords
  readonly size: number
  /** Bytes that were read. */
  readonly unchecked: number
}
