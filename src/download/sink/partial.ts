/**
 * The note beside a part: whose bytes they are, so that they can be continued and never joined to those of another file.
 *
 * `.a.gif.7.part` has `.a.gif.7.part.json`. Without a note that can be read, a part is worth nothing. The URL may hold a password, so the
 * note has its hash.
 *
 * Of a part whose bytes come in any order the note also says which are there. What a crash of the machine leaves of such a part nobody knows:
 * the file has its full size from the beginning. So the note counts until the machine is started again, or for good if the bytes were on the
 * disk before it was written (`durable`).
 */
import { hash } from 'node:crypto'
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, renameSync, rmSync } from 'node:fs'
import { bootId } from '../disk/boot-id.js'
import { writeWhole } from '../disk/write-whole.js'
import type { ResponseHead, Validator } from '../fetch/fetcher.js'
import type { Range } from '../segments/ranges.js'
import { isErrno } from './output-failure.js'

/** Notes are small; what is larger is none of ours. */
const MAX_NOTE = 16 * 1024

const NOFOLLOW = constants.O_NOFOLLOW ?? 0

/** What an earlier attempt left and can be continued. */
export interface Resumable {
  readonly bytes: number
  readonly validator: Validator
  /** Which bytes are there, where they came in any order; `bytes` is how many. */
  readonly done?: readonly Range[]
}

/** Of bytes in any order: which are there, and whether that survives a crash of the machine. */
export interface Scattered {
  readonly done: readonly Range[]
  readonly durable: boolean
}

export const notePath = (partPath: string): string => `${partPath}.json`

/**
 * What a later attempt could ask the rest by: a strong ETag, else Last-Modified; and only where the length is known, which also keeps out
 * bodies that are decoded on arrival, whose bytes are not those the server counts.
 */
export function validatorOf(head: ResponseHead): Validator | undefined {
  const total = head.total ?? (head.length === undefined ? undefined : head.from + head.length)
  if (total === undefined) return undefined
  if (head.etag !== undefined && /^"[^"]*"$/.test(head.etag)) return { etag: head.etag, total }
  return head.lastModified === undefined ? undefined : { lastModified: head.lastModified, total }
}

/** Writes the note, whole or not at all, readable by its owner alone. */
export function writeNote(partPath: string, url: string, validator: Validator, scattered?: Scattered): void {
  const path = notePath(partPath)
  const draft = `${path}.new`
  const note = { url: hash('sha256', url), ...validator, ...(scattered === undefined ? {} : scatteredNote(scattered)) }
  rmSync(draft, { force: true })
  try {
    const fd = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NOFOLLOW, 0o600)
    try {
      writeWhole(fd, Buffer.from(`${JSON.stringify(note)}\n`))
    } finally {
      closeSync(fd)
    }
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function scatteredNote({ done, durable }: Scattered): Readonly<Record<string, unknown>> {
  return { done, ...(durable ? { durable } : { boot: bootId() }) }
}

/** Whether there is a note, whatever it says. */
export function hasNote(partPath: string): boolean {
  try {
    return lstatSync(notePath(partPath), { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    // Not a folder, or no end of links, on the way there: `open` will say so.
    if (isErrno(error, 'ENOTDIR', 'ELOOP')) return false
    throw error
  }
}

/** What can be continued of the part, if it is ours, whole as far as it goes, and of this URL. */
export function readPartial(partPath: string, url: string): Resumable | undefined {
  const note = readNote(notePath(partPath))
  if (note === undefined || note['url'] !== hash('sha256', url)) return undefined
  const { etag, lastModified, total } = note
  if (typeof total !== 'number' || !Number.isSafeInteger(total)) return undefined
  const part = lstatSync(partPath, { throwIfNoEntry: false })
  if (part === undefined || !part.isFile() || !isOurs(part) || part.size === 0) return undefined
  const there = 'done' in note ? scatteredBytes(note, total, part.size) : { bytes: part.size }
  if (there === undefined || there.bytes >= total) return undefined
  if (typeof etag === 'string') return { ...there, validator: { etag, total } }
  return typeof lastModified === 'string' ? { ...there, validator: { lastModified, total } } : undefined
}

/** What a note says of bytes in any order; undefined if it may not be believed. */
function scatteredBytes(
  { done, durable, boot }: Readonly<Record<string, unknown>>,
  total: number,
  size: number,
): Pick<Resumable, 'bytes' | 'done'> | undefined {
  if (size !== total || !Array.isArray(done) || done.length === 0) return undefined
  if (durable !== true && (boot === undefined || boot !== bootId())) return undefined
  let bytes = 0
  let last = -1
  for (const range of done as readonly unknown[]) {
    const [from, to] = Array.isArray(range) && range.length === 2 ? (range as unknown[]) : []
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return undefined
    if ((from as number) <= last || (to as number) <= (from as number) || (to as number) > total) return undefined
    bytes += (to as number) - (from as number)
    last = to as number
  }
  return { bytes, done: done as readonly Range[] }
}

/** Opens the part to append to it, or to write into it. Undefined: it is no longer the file that was found. */
export function openPartial(partPath: string, { bytes, validator, done }: Resumable, appends = true): number | undefined {
  const fd = openIfThere(partPath, constants.O_RDWR | (appends ? constants.O_APPEND : 0))
  if (fd === undefined) return undefined
  const stats = fstatSync(fd)
  if (stats.isFile() && isOurs(stats) && stats.size === (done === undefined ? bytes : validator.total)) return fd
  closeSync(fd)
  return undefined
}

/** Opens what is there under the very name. Undefined: nothing, or a link. */
export function openIfThere(path: string, flags: number): number | undefined {
  try {
    // Non-blocking: a pipe of that name must not hold us up.
    return openSync(path, flags | NOFOLLOW | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ELOOP', 'ENXIO')) return undefined
    throw error
  }
}

/** Nobody else made it, and no other name leads to it: what is appended to it goes nowhere else. */
function isOurs(stats: { readonly nlink: number; readonly uid: number }): boolean {
  return stats.nlink === 1 && (process.geteuid === undefined || stats.uid === process.geteuid())
}

function readNote(path: string): Readonly<Record<string, unknown>> | undefined {
  let fd: number | undefined
  try {
    fd = openIfThere(path, constants.O_RDONLY)
    if (fd === undefined) return undefined
    const stats = fstatSync(fd)
    if (!stats.isFile() || !isOurs(stats) || stats.size > MAX_NOTE) return undefined
    const buffer = Buffer.alloc(MAX_NOTE)
    const note: unknown = JSON.parse(buffer.toString('utf8', 0, readSync(fd, buffer)))
    return typeof note === 'object' && note !== null ? (note as Record<string, unknown>) : undefined
  } catch {
    return undefined
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
