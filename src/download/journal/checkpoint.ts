/**
 * Checkpoint: what a journal says up to some place, so that whoever goes on reads only what follows. It can be thrown away at any time, and is when
 * it does not fit: then the journal is read from its begin.
 *
 *   sha256 of all that follows, in hex, line break
 *   one line of JSON: see `Header`
 *   the pages of the done set, 8 KB each
 */
import { createHash } from 'node:crypto'
import { fstatSync, lstatSync, readSync } from 'node:fs'
import { writeWhole } from '../disk/write-whole.js'
import { CheckedRecords } from './checked-records.js'
import { PAGE_BYTES } from './done-set.js'
import type { SavedFailureCounts } from './failure-counts.js'
import type { Tally } from './journal.js'
import { closedPath } from './journal-files.js'
import { reading, readWhole, replaceFile } from './state-file.js'

/** A place in a journal. */
export interface JournalPlace {
  /** The closed files before the one it is in: their numbers and sizes. */
  readonly closed: readonly (readonly [number: number, size: number])[]
  readonly offset: number
}

interface Header extends JournalPlace {
  readonly format: number
  /** Of the bytes before the place, in hex: those of another journal are others. */
  readonly before: string
  readonly tally: Tally
  readonly failures: SavedFailureCounts
  readonly firstUndone: number
  readonly pages: readonly number[]
}

const FORMAT = 1
/** Bytes before the place that are compared. */
const BEFORE = 4_096

/** `fd`: the file that the place is in. All that `records` knows must be before it. */
export function writeCheckpoint(path: string, place: JournalPlace, fd: number, records: CheckedRecords): void {
  const { firstUndone, pages } = records.done.save()
  const header: Header = {
    format: FORMAT,
    ...place,
    before: digestBefore(fd, place.offset),
    tally: records.tally,
    failures: records.failures.save(),
    firstUndone,
    pages: [...pages.keys()],
  }
  const parts: Uint8Array[] = [Buffer.from(`${JSON.stringify(header)}\n`)]
  for (const page of pages.values()) parts.push(Buffer.from(page.buffer, page.byteOffset, page.byteLength))
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part)
  replaceFile(path, (file) => {
    writeWhole(file, Buffer.from(`${sum.digest('hex')}\n`))
    for (const part of parts) writeWhole(file, part)
  })
}

/** The checkpoint at `path` of the journal at `journal`; undefined if there is none, or it is torn, or it is of something else. */
export function readCheckpoint(
  path: string,
  journal: string,
): { readonly place: JournalPlace; readonly records: CheckedRecords } | undefined {
  try {
    const whole = readWhole(path)
    const content = whole.subarray(HEX + 1)
    if (createHash('sha256').update(content).digest('hex') !== whole.toString('latin1', 0, HEX)) return undefined
    const end = content.indexOf(10)
    const header = JSON.parse(content.toString('utf8', 0, end)) as Header
    if (header.format !== FORMAT || !fits(header, journal)) return undefined
    return { place: { closed: header.closed, offset: header.offset }, records: restored(header, content.subarray(end + 1)) }
  } catch {
    return undefined
  }
}

const HEX = 64

/** Whether the journal still is what it was when the checkpoint was written, and perhaps more. */
function fits({ closed, offset, before }: Header, journal: string): boolean {
  for (const [number, size] of closed) if (lstatSync(closedPath(journal, number)).size !== size) return false
  // The file that was the active one may have been closed since.
  const next = closedPath(journal, (closed.at(-1)?.[0] ?? 0) + 1)
  const file = lstatSync(next, { throwIfNoEntry: false }) === undefined ? journal : next
  return reading(file, (fd) => fstatSync(fd).size >= offset && digestBefore(fd, offset) === before)
}

function digestBefore(fd: number, offset: number): string {
  const bytes = Buffer.alloc(Math.min(BEFORE, offset))
  readSync(fd, bytes, 0, bytes.length, offset - bytes.length)
  return createHash('sha256').update(bytes).digest('hex')
}

function restored({ tally, failures, firstUndone, pages }: Header, bytes: Buffer): CheckedRecords {
  const byNumber = new Map<number, Uint32Array>()
  for (const [index, number] of pages.entries()) {
    const page = new Uint32Array(PAGE_BYTES / 4)
    Buffer.from(page.buffer).set(bytes.subarray(index * PAGE_BYTES, (index + 1) * PAGE_BYTES))
    byNumber.set(number, page)
  }
  const records = new CheckedRecords()
  records.restore(tally, failures, firstUndone, byNumber)
  return records
}
