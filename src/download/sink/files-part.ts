/**
 * One attempt at one file of a folder:
 *
 *   begin ──▶ open ──▶ write … ──▶ commit      .a.gif.7.part ── rename ─▶ a.gif
 *     │        │         │           │
 *     └────────┴─ abandon ◀──────────┘         the part is removed, or stays with its note and is found by the next begin
 */
import {
  closeSync,
  constants,
  fsyncSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs'
import { DownloadError } from '../errors.js'
import type { ResponseHead, Validator } from '../fetch/fetcher.js'
import type { Job } from '../job.js'
import { syncFolder } from '../disk/sync-folder.js'
import { isErrno, outputFailure } from './output-failure.js'
import { hasNote, notePath, openIfThere, openPartial, readPartial, validatorOf, writeNote, type Resumable } from './partial.js'
import { Place } from './place.js'
import { makeRoom } from './make-room.js'
import { publishBeside, replaceBy } from './publish.js'
import { serverName } from './server-name.js'
import type { SinkSettings } from './settings.js'
import type { Committed, Part, Scatter } from './sink.js'
import type { Range } from '../segments/ranges.js'

/** Bytes from which on a file gets its note at once, so that even a killed run can continue it. Smaller ones are quicker fetched again. */
const WORTH_A_NOTE = 1024 * 1024

const CHUNK = 64 * 1024
const NOFOLLOW = constants.O_NOFOLLOW ?? 0
// For reading, too: a large file is hashed while it is written.
const CREATE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NOFOLLOW

/** Made by `FilesSink.begin`. */
export class FilesPart implements Part {
  readonly resumable?: Resumable
  readonly #settings: SinkSettings
  readonly #job: Job
  readonly #place: Place
  /** What an earlier attempt left, in order or not. */
  readonly #left: Resumable | undefined
  #fd: number | undefined
  /** The part as it was when it was closed. */
  #closed: Stats | undefined
  #ended = false
  #bytes = 0
  #hasNote = false
  #validator: Validator | undefined
  #serverName: string | undefined

  /** @param isNew nothing of it can be there yet, so that no look is needed */
  constructor(settings: SinkSettings, job: Job, isNew: boolean) {
    this.#settings = settings
    this.#job = job
    this.#place = new Place(settings, job.file, job.id)
    const left = isNew ? undefined : this.#findLeft()
    this.#left = left
    if (left !== undefined && left.done === undefined) this.resumable = left
  }

  get scatter(): Scatter {
    const left = this.#left
    return {
      ...(left === undefined ? {} : { left: { done: left.done ?? [[0, left.bytes]], validator: left.validator } }),
      open: (head, keepsLeft) => this.#openScattered(head, keepsLeft ? left : undefined),
      writeAt: (chunk, position) => this.#writeAt(chunk, position),
      note: (done) => this.#noteScattered(done),
    }
  }

  #findLeft(): Resumable | undefined {
    if (!hasNote(this.#place.partPath) || !this.#place.isThere()) return undefined
    this.#hasNote = true
    return readPartial(this.#place.partPath, this.#job.url)
  }

  get fd(): number | undefined {
    return this.#fd
  }

  existing(take: (chunk: Uint8Array) => void): void {
    const fd = this.#try(() => {
      this.#place.hold()
      return openIfThere(this.#place.partPath, constants.O_RDONLY)
    })
    if (fd === undefined) throw this.#changed()
    try {
      const buffer = Buffer.allocUnsafe(CHUNK)
      for (let left = this.resumable?.bytes ?? 0; left > 0;) {
        const read = this.#try(() => readSync(fd, buffer, 0, Math.min(left, CHUNK), null))
        if (read === 0) throw this.#changed()
        take(buffer.subarray(0, read))
        left -= read
      }
    } finally {
      closeSync(fd)
    }
  }

  open(head: ResponseHead): void | Promise<void> {
    if (this.#fd !== undefined || this.#ended) throw new Error('a part is opened once')
    try {
      this.#validator = validatorOf(head)
      this.#place.hold()
      this.#fd = head.from === 0 ? this.#create() : this.#continue(head.from)
      if (!this.#hasNote && (this.#validator?.total ?? 0) >= WORTH_A_NOTE) this.#writeNote()
    } catch (error) {
      this.#discard()
      throw outputFailure(error, this.#job.file)
    }
    if (this.#settings.trustServerNames) return this.#askName(head)
  }

  write(chunk: Uint8Array): void {
    this.#writeAt(chunk, null)
  }

  /** @param position null: after what was written last */
  #writeAt(chunk: Uint8Array, position: number | null): void {
    const fd = this.#opened()
    try {
      for (let at = 0; at < chunk.length;) {
        const written = writeSync(fd, chunk, at, chunk.length - at, position === null ? null : position + at)
        this.#bytes += written
        at += written
      }
    } catch (error) {
      throw outputFailure(error, this.#job.file)
    }
  }

  #openScattered(head: ResponseHead, left: Resumable | undefined): void | Promise<void> {
    if (this.#fd !== undefined || this.#ended) throw new Error('a part is opened once')
    try {
      this.#validator = left?.validator ?? validatorOf(head)
      this.#place.hold()
      this.#fd = left === undefined ? this.#create() : openPartial(this.#place.partPath, left, false)
      if (this.#fd === undefined) throw this.#changed()
      this.#bytes = left?.bytes ?? 0
      // Before the file has its full size, which alone would say that all is there.
      if (left !== undefined) this.#noteScattered(left.done ?? [[0, left.bytes]])
      makeRoom(this.#fd, this.#place.path, this.#validator?.total ?? 0, this.#bytes)
    } catch (error) {
      if (left === undefined) this.#discard()
      // It can be continued once there is room.
      else this.#end()
      throw outputFailure(error, this.#job.file)
    }
    if (this.#settings.trustServerNames) return this.#askName(head)
  }

  #noteScattered(done: readonly Range[]): void {
    const fd = this.#opened()
    const { durable } = this.#settings
    try {
      if (this.#validator === undefined) return
      if (durable) fsyncSync(fd)
      writeNote(this.#place.partPath, this.#job.url, this.#validator, { done, durable })
      this.#hasNote = true
    } catch (error) {
      throw outputFailure(error, this.#job.file)
    }
  }

  commit(): Committed {
    const fd = this.#opened()
    try {
      if (this.#settings.durable) fsyncSync(fd)
      // Closed before it gets its name: some file systems say only then that it did not fit.
      const closed = this.#close(fd)
      const { size } = closed
      if (size !== this.#bytes) {
        throw new DownloadError(
          'OUTPUT_FAILED',
          `${this.#place.partName} has ${size} bytes, and ${this.#bytes} were written: who changed it?`,
        )
      }
      const name = this.#publish(closed)
      if (this.#hasNote) unlinkIfThere(notePath(this.#place.partPath))
      if (this.#settings.durable) syncFolder(this.#place.path)
      this.#end()
      return { file: this.#place.fileNamed(name), bytes: size }
    } catch (error) {
      this.#discard()
      throw outputFailure(error, this.#job.file)
    }
  }

  /** Never throws: it cleans up after something worse. */
  abandon(keep: boolean): void {
    if (this.#ended) return
    if (keep && this.#isWorthKeeping()) {
      try {
        if (!this.#hasNote) this.#writeNote()
        this.#end()
        return
      } catch {
        // Without its note it is worth nothing.
      }
    }
    this.#discard()
  }

  #create(): number {
    if (this.#hasNote) {
      // The note first: it must never lie beside bytes of another answer.
      unlinkIfThere(notePath(this.#place.partPath))
      this.#hasNote = false
    }
    for (let attempt = 0; ; attempt += 1) {
      try {
        return openSync(this.#place.partPath, CREATE, 0o666)
      } catch (error) {
        if (attempt === 2) throw error
        // A run that was killed left its part; a link somebody planted goes the same way, and what it leads to stays.
        if (isErrno(error, 'EEXIST')) unlinkIfThere(this.#place.partPath)
        else if (isErrno(error, 'ENOENT')) this.#place.make()
        else throw error
      }
    }
  }

  #continue(from: number): number {
    if (this.resumable?.bytes !== from) {
      throw new DownloadError(
        'RANGE_MISMATCH',
        `the body begins at byte ${from}, and ${this.resumable?.bytes ?? 0} bytes are there`,
      )
    }
    const fd = openPartial(this.#place.partPath, this.resumable)
    if (fd === undefined) throw this.#changed()
    this.#bytes = from
    return fd
  }

  #publish(closed: Stats): string {
    // What is held may have another name by now, outside the output even.
    if (!this.#place.isThere()) throw this.#changed()
    // A worker that slept through the death of its run finds the part of the next one under the name of its own.
    if (!isSame(this.#place.partPath, closed)) throw this.#changed()
    const name = this.#serverName ?? this.#place.name
    const file = this.#place.fileNamed(name)
    // A name that servers choose is claimed by nobody: any file of that name may be another line's, also under a name of its own.
    if (this.#settings.trustServerNames && this.#job.known?.file !== file) {
      return publishBeside(this.#place.partPath, this.#place.path, name, this.#job.id)
    }
    replaceBy(this.#place.partPath, `${this.#place.path}/${name}`, file)
    return name
  }

  async #askName(head: ResponseHead): Promise<void> {
    this.#serverName = await serverName(head, this.#job)
  }

  #writeNote(): void {
    if (this.#validator === undefined) return
    writeNote(this.#place.partPath, this.#job.url, this.#validator)
    this.#hasNote = true
  }

  #isWorthKeeping(): boolean {
    // An attempt that never came to the body leaves what it found.
    if (this.#fd === undefined) return this.#left !== undefined
    return this.#bytes > 0 && this.#validator?.total !== undefined && this.#bytes < this.#validator.total
  }

  /** Removes what this attempt made, or found and could not use. */
  #discard(): void {
    try {
      const made = this.#fd === undefined ? this.#closed : fstatSync(this.#fd)
      if (made === undefined && this.#left !== undefined) {
        this.#place.hold()
        unlinkIfThere(this.#place.partPath)
      } else if (made !== undefined) unlinkIfSame(this.#place.partPath, made)
      if (this.#hasNote) unlinkIfThere(notePath(this.#place.partPath))
    } catch {
      // It stays for the next attempt, which removes it or says why it cannot.
    }
    this.#end()
  }

  #end(): void {
    const fd = this.#fd
    this.#fd = undefined
    this.#ended = true
    this.#place.release()
    try {
      if (fd !== undefined) closeSync(fd)
    } catch {
      // What could not be written is not wanted any more.
    }
  }

  #close(fd: number): Stats {
    this.#closed = fstatSync(fd)
    this.#fd = undefined
    closeSync(fd)
    return this.#closed
  }

  #opened(): number {
    if (this.#fd === undefined) throw new Error('a part is opened before it is written, and written before it ends')
    return this.#fd
  }

  #changed(): DownloadError {
    return new DownloadError('CHANGED', `${this.#place.partName} changed, or its folder, while it was worked on`)
  }

  #try<T>(call: () => T): T {
    try {
      return call()
    } catch (error) {
      throw outputFailure(error, this.#job.file)
    }
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
}

/** Only the very file, never what took its place. */
function unlinkIfSame(path: string, file: Stats): void {
  if (isSame(path, file)) unlinkSync(path)
}

function isSame(path: string, { ino, dev }: Stats): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false })
  return there?.ino === ino && there.dev === dev
}
