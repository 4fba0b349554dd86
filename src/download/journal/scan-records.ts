/** What a journal holds, read by bytes: as many records in a second as JSON.parse would read in ten. */
import { STATUSES, type Status } from '../outcome.js'
import { journalError } from './journal-error.js'
import { LineChunks } from './line-chunks.js'
import { parseRecord } from './parse-record.js'

/**
 * Is told of each record, in the order of the file. `bytes` are those of an `ok`, else 0; `length` is the line's, with its line break. Of lines that
 * failed `code` and `url`, of which only scheme and host can be relied on to be right.
 */
export type RecordVisitor = (
  id: number,
  status: Status,
  bytes: number,
  offset: number,
  length: number,
  code?: string,
  url?: string,
) => void

const BEGIN = '{"id":'
const URL = ',"url":"'
const STATUS = ',"status":"'
const CODE = ',"code":"'
const BYTES = ',"bytes":'
const BACKSLASH = 92
/** As many as every safe integer may have. */
const MOST_DIGITS = 15

/** No two begin alike. */
const statusByLetter: readonly (Status | undefined)[] = Array.from({ length: 128 }, (_, letter) =>
  STATUSES.find((status) => status.charCodeAt(0) === letter),
)

/**
 * Visits every record from `from` on, where one begins; returns where the last whole line ends. Only the fields that it needs are looked at, in the places where `recordLine`
 * puts them; a line where one of them is not found is parsed, and if it holds no record then RunError('ERR_JOURNAL') is thrown.
 */
export function scanRecords(fd: number, path: string, visit: RecordVisitor, from = 0): number {
  const chunks = new LineChunks(fd, path, from)
  for (const chunk of chunks) {
    // One character a byte, so that places in the text are places in the file.
    const text = chunk.toString('latin1')
    // A file system that lost power leaves zeros in the middle of lines: then no shortcuts.
    const trusted = !text.includes('\0')
    for (let begin = 0; begin < text.length;) {
      const next = text.indexOf('\n', begin) + 1
      if (!trusted || !visitByShape(text, begin, next, chunks.start, visit)) {
        visitParsed(chunk.subarray(begin, next), path, chunks.start + begin, visit)
      }
      begin = next
    }
  }
  return chunks.end
}

/** Inside a JSON string a quote has a backslash before it, so a field's name between bare quotes is a field. */
function visitByShape(text: string, begin: number, next: number, start: number, visit: RecordVisitor): boolean {
  if (!text.startsWith(BEGIN, begin) || !text.startsWith('}', next - 2)) return false
  const digits = begin + BEGIN.length
  const idEnd = endOfDigits(text, digits)
  if (idEnd === digits || idEnd - digits > MOST_DIGITS || !text.startsWith(URL, idEnd)) return false
  const urlEnd = text.indexOf('"', idEnd + URL.length)
  if (text.charCodeAt(urlEnd - 1) === BACKSLASH || !text.startsWith(STATUS, urlEnd + 1)) return false
  const statusAt = urlEnd + 1 + STATUS.length
  const status = statusByLetter[text.charCodeAt(statusAt)]
  if (status === undefined || !text.startsWith(status, statusAt) || !text.startsWith('"', statusAt + status.length)) return false
  let bytes = 0
  if (status === 'ok') {
    const at = text.indexOf(BYTES, statusAt) + BYTES.length
    if (at >= BYTES.length && at < next) bytes = number(text, at, endOfDigits(text, at))
  }
  const id = number(text, digits, idEnd)
  if (!failed(status)) {
    visit(id, status, bytes, start + begin, next - begin)
    return true
  }
  const codeAt = statusAt + status.length + 1
  const code = text.startsWith(CODE, codeAt)
    ? text.slice(codeAt + CODE.length, text.indexOf('"', codeAt + CODE.length))
    : undefined
  visit(id, status, 0, start + begin, next - begin, code, text.slice(idEnd + URL.length, urlEnd))
  return true
}

function visitParsed(line: Buffer, path: string, offset: number, visit: RecordVisitor): void {
  const record = parseRecord(line.toString('utf8'))
  if (record === undefined) throw journalError(path, offset, 'not a record')
  const { id, status, bytes = 0, code, url } = record
  visit(id, status, status === 'ok' ? bytes : 0, offset, line.length, ...(failed(status) ? [code, url] : []))
}

const failed = (status: Status): boolean => status === 'error' || status === 'not-found' || status === 'invalid'

function endOfDigits(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at++
  return at
}

function number(text: string, from: number, end: number): number {
  let result = 0
  for (let at = from; at < end; at++) result = result * 10 + (text.charCodeAt(at) - 48)
  return result
}
