/** Continuing a partial file: what to ask, and whether the answer really is its rest. */
import { DownloadError } from '../errors.js'
import { printable, type Answer } from './answer.js'
import type { FetchRequest, Validator } from './fetcher.js'
import { httpDate } from './retry-after.js'

/** What there is to continue, and what names it. */
export type Resume = NonNullable<FetchRequest['resume']>

/** The rest of a file, or a piece of it. */
export type Wanted = Resume | NonNullable<FetchRequest['piece']>

/**
 * The value for If-Range: the strong ETag; without one, Last-Modified if it is a date and the length of the whole is known too (a date alone
 * is too coarse). Undefined: nothing can be continued safely, everything must be asked for.
 */
export function ifRange({ from, validator }: Resume): string | undefined {
  if (!Number.isSafeInteger(from) || from <= 0) return undefined
  if (validator.total !== undefined && from > validator.total) return undefined
  if (isStrong(validator.etag)) return validator.etag
  const dated = validator.lastModified !== undefined && httpDate(validator.lastModified) !== undefined
  return dated && validator.total !== undefined ? validator.lastModified : undefined
}

/** Headers that ask for the rest, or for everything if the file is another by now. Empty when nothing can be continued. */
export function rangeHeaders(wanted: Wanted): string[] {
  if (!('to' in wanted)) {
    const condition = ifRange(wanted)
    return condition === undefined ? [] : ['range', `bytes=${wanted.from}-`, 'if-range', condition]
  }
  const { from, to, validator } = wanted
  const range = ['range', `bytes=${from}-${to - 1}`]
  // A piece of no file in particular is the first one, which says what file it is.
  if (validator === undefined) return range
  return isStrong(validator.etag) ? [...range, 'if-range', validator.etag] : []
}

/**
 * Looks whether a 206 is exactly the rest, or the piece, that was asked for, to the last byte, of the same file.
 *
 * @returns bytes of it and of the whole
 * @throws DownloadError RANGE_MISMATCH or CHANGED
 */
export function checkPartial(answer: Answer, wanted: Wanted): { length: number; total: number } {
  const { from, validator } = wanted
  const to = 'to' in wanted ? wanted.to : undefined
  if (answer.contentType?.toLowerCase().startsWith('multipart/byteranges') === true) {
    throw mismatch('the answer is several ranges in one')
  }
  const said = answer.contentRange
  const [, first, last, whole] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(said ?? '') ?? []
  if (first === undefined || last === undefined) {
    throw mismatch(said === undefined ? 'a range without Content-Range' : `the Content-Range is '${printable(said)}'`)
  }
  const length = Number(last) - Number(first) + 1
  const total = whole === '*' ? validator?.total : Number(whole)
  const end = Math.min(to ?? Number.POSITIVE_INFINITY, total ?? 0)
  if (Number(first) !== from || total === undefined || length <= 0 || Number(last) !== end - 1) {
    const asked = to === undefined ? 'on' : `to ${to - 1}`
    throw mismatch(`asked for everything from byte ${from} ${asked}, got '${printable(said ?? '')}'`)
  }
  if (answer.contentLength !== undefined && answer.contentLength !== length) {
    throw mismatch(`the range has ${length} bytes, its Content-Length says ${answer.contentLength}`)
  }
  // The first piece of a file says which one it is.
  if (validator !== undefined) checkSame(answer, validator, total)
  return { length, total }
}

/** If-Range should have kept us from this. Servers that ignore it are the reason why files get spliced. */
function checkSame(answer: Answer, validator: Validator, total: number): void {
  if (validator.total !== undefined && total !== validator.total) throw changed('length')
  if (isStrong(validator.etag)) {
    if (answer.etag !== undefined && answer.etag !== validator.etag) throw changed('ETag')
  } else if (answer.lastModified !== undefined && answer.lastModified !== validator.lastModified) throw changed('Last-Modified')
}

const isStrong = (etag: string | undefined): etag is string => etag !== undefined && /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(etag)

const mismatch = (message: string): DownloadError => new DownloadError('RANGE_MISMATCH', message, { http: 206 })

const changed = (what: string): DownloadError =>
  new DownloadError('CHANGED', `the server continues another version of the file: its ${what} changed`, { http: 206 })
