/**
 * RunFolder: `OUTPUT/.halyard`, where a run keeps its state, locked for one process.
 *
 * What changes more than one file is written into `run.json` before it is begun and taken out of it when it is done (`pending`), so that whoever
 * comes after a crash in between finishes it:
 *
 *   new, fresh   pending: fresh ─▶ remove both journals, list the existing names ─▶ not pending
 *   refresh      pending: refresh ─▶ the journal becomes the previous one ─▶ refreshing
 *   finish       finished, no longer refreshing ─▶ remove the previous journal
 */
import { lstatSync, rmSync } from 'node:fs'
import { makeFolder } from '../disk/make-folder.js'
import { syncFolder } from '../disk/sync-folder.js'
import { RunError } from '../errors.js'
import type { ContinueOptions } from '../options.js'
import { readExistingNames, writeExistingNames } from './existing-names.js'
import { FileJournal } from './file-journal.js'
import { layoutOf, type FolderLayout } from './folder-layout.js'
import { allFiles, moveJournal, removeJournal } from './journal-files.js'
import { ListIndex, type ListIndexOptions } from './list-index.js'
import { acquireLock, type Lock } from './lock.js'
import type { ListHead } from '../source/list-head.js'
import { writing } from './output-error.js'
import { makeStateFolder } from './state-file.js'
import { PreviousRecords } from './previous-records.js'
import { thisProcess, type ProcessIdentity } from './process-identity.js'
import {
  differences,
  newRunRecord,
  readRunRecord,
  refuseDifferent,
  writeRunRecord,
  type RunDescription,
  type RunRecord,
} from './run-record.js'
import { withoutFailed } from './without-failed.js'

export interface RunFolderOptions {
  /** Folders that are made outlive a loss of power. @default false */
  readonly durable?: boolean
  /** Who takes the lock. @default this process */
  readonly me?: ProcessIdentity
  /** The time, for the record. @default the clock's */
  readonly now?: () => Date
}

export interface BeginOptions extends ContinueOptions {
  /** Every record survives a loss of power. @default false */
  readonly durable?: boolean
  /** See `FileJournalOptions`. */
  readonly before?: () => void
  /** Bytes of one file of the journal. @default 64 MiB */
  readonly fileSize?: number
  /** The list is the one of the run, which broke off and was mended: see `brokeOff`. @default false */
  readonly isMended?: boolean
  /** The names that are in the output now; asked for only when the run is new. @default none */
  readonly existing?: () => Iterable<string>
}

/** A run that may go on. */
export interface BegunRun {
  /** Closing it lets go of the folder. */
  readonly journal: FileJournal
  /** What was known of the files before, when the whole list is asked for again; closed with the journal. */
  readonly previous?: PreviousRecords
  /** Lines that have their record from earlier. */
  readonly resumed: number
  /** Records that were taken out to be tried again. */
  readonly retried: number
  /** Every line of the list has its record: there is nothing to do. */
  readonly isDone: boolean
}

/**
 * Makes and locks the folder of a run.
 *
 * @throws RunError ERR_LOCKED if another run works there, ERR_OUTPUT if it cannot be written
 */
export function openRunFolder(output: string, options: RunFolderOptions = {}): RunFolder {
  return new RunFolder(layoutOf(output), options)
}

export class RunFolder {
  readonly #layout: FolderLayout
  readonly #now: () => Date
  readonly #lock: Lock
  #record: RunRecord | undefined

  constructor(layout: FolderLayout, { me = thisProcess(), now = () => new Date(), durable = false }: RunFolderOptions) {
    this.#layout = layout
    this.#now = now
    makeFolders(layout, durable)
    this.#lock = acquireLock(layout.state, me, now())
  }

  /**
   * The run that is in the folder, if there is one.
   *
   * @throws RunError ERR_JOURNAL, ERR_DIFFERENT_RUN if it cannot be read by this version
   */
  earlier(): RunRecord | undefined {
    const record = readRunRecord(this.#layout.run)
    if (record === undefined && allFiles(this.#layout.journal).length > 0) {
      throw new RunError(
        'ERR_JOURNAL',
        `${this.#layout.journal} is there, but not the run.json that says what it is of. --fresh starts over, or choose another folder with -o`,
      )
    }
    return record
  }

  /**
   * Begins the run that `now` describes, or continues it. If it throws, the folder is still to be closed.
   *
   * @throws RunError ERR_DIFFERENT_RUN, ERR_JOURNAL, ERR_OUTPUT
   */
  begin(
    now: RunDescription,
    {
      fresh = false,
      refresh = false,
      retryFailed = false,
      isMended = false,
      durable,
      before,
      existing,
      fileSize,
    }: BeginOptions = {},
  ): BegunRun {
    const { journal: path, previous: previousPath, checkpoint, output } = this.#layout
    const found = fresh ? undefined : this.earlier()
    const earlier = found !== undefined && isMended ? mended(found, now) : found
    let retried = 0
    if (earlier === undefined || earlier.pending === 'fresh' || (this.#isEmpty() && differences(earlier, now).length > 0)) {
      this.#startOver(now, existing?.() ?? [])
    } else {
      refuseDifferent(output, earlier, now)
      this.#record = earlier
      if (isMended) this.#takeMended(earlier)
      else if (earlier.broken !== undefined) this.#write(withoutBroken(earlier))
      if (earlier.list === undefined && now.list !== undefined) this.#write({ ...this.#begun(), list: now.list })
      if (earlier.pending === 'refresh' || (refresh && earlier.refreshing !== true)) this.#setAside()
      if (retryFailed !== false) retried = this.#dropFailed(retryFailed === true ? undefined : retryFailed)
    }
    const previous = this.#record?.refreshing === true ? this.#openPrevious(previousPath) : undefined
    try {
      const release = (): void => {
        previous?.close()
        this.close()
      }
      const journal = new FileJournal(path, {
        checkpoint,
        release,
        ...(fileSize !== undefined && { fileSize }),
        ...(durable !== undefined && { durable }),
        ...(before !== undefined && { before }),
      })
      if (durable === true) writing(path, () => syncFolder(this.#layout.state))
      const resumed = journal.tally.records
      const isDone = this.#record?.finished?.lines === resumed
      return { journal, ...(previous && { previous }), resumed, retried, isDone }
    } catch (error) {
      previous?.close()
      throw error
    }
  }

  /**
   * Says which list it is, once that is known of one that can be read only once. To be called before anything is recorded.
   *
   * @throws RunError ERR_DIFFERENT_RUN if the run in the folder is of another list
   */
  listIs(list: string): void {
    const record = this.#begun()
    if (record.list === list) return
    if (record.list === undefined || this.#isEmpty()) this.#write({ ...record, list })
    else refuseDifferent(this.#layout.output, record, { version: record.halyard, options: record.options, list })
  }

  /** The list could not be read to its end; `head` is what could. The run goes on with a list that begins like this. */
  brokeOff(head: ListHead): void {
    this.#write({ ...this.#begun(), broken: head })
  }

  /** Every line has its record: the journal must have been flushed. */
  finish(lines: number): void {
    const { refreshing: _, ...record } = this.#begun()
    this.#write({ ...record, finished: { lines, at: this.#now().toISOString() } })
    writing(this.#layout.previous, () => removeJournal(this.#layout.previous))
  }

  /** The names that were in the output before the run began. */
  existingNames(): Iterable<string> {
    return readExistingNames(this.#layout.existing)
  }

  /** How far the list was read; to be closed before the journal. */
  listIndex(options: ListIndexOptions = {}): ListIndex {
    // A run that began anew is another one, whatever a crash has left of the index.
    return writing(this.#layout.listIndex, () => new ListIndex(this.#layout.listIndex, this.#begun().created, options))
  }

  /** Lets another run have the folder. Idempotent. */
  close(): void {
    this.#lock.release()
  }

  /** Nothing came of the run yet, not even a record to be repeated: then it is no loss. */
  #isEmpty(): boolean {
    const { journal, previous } = this.#layout
    return allFiles(previous).length === 0 && allFiles(journal).every((file) => lstatSync(file).size === 0)
  }

  #begun(): RunRecord {
    if (this.#record === undefined) throw new RunError('ERR_JOURNAL', 'the run of this folder was not begun: begin() comes first')
    return this.#record
  }

  #write(record: RunRecord): void {
    writing(this.#layout.run, () => writeRunRecord(this.#layout.run, record))
    this.#record = record
  }

  #startOver(now: RunDescription, existing: Iterable<string>): void {
    const { journal, previous, checkpoint, listIndex, shards, published, existing: existingPath } = this.#layout
    const record = newRunRecord(now, this.#now())
    this.#write({ ...record, pending: 'fresh' })
    for (const path of [journal, previous]) writing(path, () => removeJournal(path))
    for (const path of [checkpoint, listIndex, published]) writing(path, () => rmSync(path, { force: true }))
    writing(shards, () => rmSync(shards, { recursive: true, force: true }))
    writing(existingPath, () => writeExistingNames(existingPath, existing))
    this.#write(record)
  }

  /** In the list that was mended lines may begin at other bytes. */
  #takeMended(record: RunRecord): void {
    const { listIndex } = this.#layout
    writing(listIndex, () => rmSync(listIndex, { force: true }))
    this.#write(record)
  }

  /** The journal becomes the previous one. */
  #setAside(): void {
    const { journal, previous, checkpoint } = this.#layout
    const { pending, finished: _, ...record } = this.#begun()
    // What a crash at the end of an earlier refresh has left.
    if (pending !== 'refresh') writing(previous, () => removeJournal(previous))
    this.#write({ ...record, pending: 'refresh' })
    writing(checkpoint, () => rmSync(checkpoint, { force: true }))
    // What is not there any more was moved before a crash.
    writing(previous, () => moveJournal(journal, previous))
    this.#write({ ...record, refreshing: true })
  }

  #dropFailed(codes: readonly string[] | undefined): number {
    const { finished, ...record } = this.#begun()
    const { journal, checkpoint } = this.#layout
    // First, because from then on lines lack their record.
    if (finished !== undefined && allFiles(journal).length > 0) this.#write(record)
    writing(checkpoint, () => rmSync(checkpoint, { force: true }))
    return writing(journal, () => allFiles(journal).reduce((dropped, file) => dropped + withoutFailed(file, codes), 0))
  }

  #openPrevious(path: string): PreviousRecords | undefined {
    // Not there: there was nothing to set aside, or somebody removed it; then everything is downloaded anew.
    return allFiles(path).length > 0 ? writing(path, () => new PreviousRecords(path)) : undefined
  }
}

/** From now on lines may get their record that were not read before it broke off. */
function withoutBroken(record: RunRecord): RunRecord {
  const { broken: _, ...rest } = record
  return rest
}

function mended(record: RunRecord, { list }: RunDescription): RunRecord {
  return list === undefined ? withoutBroken(record) : { ...withoutBroken(record), list }
}

function makeFolders({ output, state }: FolderLayout, durable: boolean): void {
  writing(output, () => makeFolder(output, durable))
  writing(state, () => makeStateFolder(state))
  if (durable) writing(output, () => syncFolder(output))
}
