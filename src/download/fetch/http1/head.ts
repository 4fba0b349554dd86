/**
 * Head: the first part of an HTTP/1.1 answer (RFC 9112), read strictly. Wherever two readers could come to two opinions on where the body
 * ends, this one refuses: that is how answers are smuggled.
 */
import { printable, withoutPadding } from '../answer.js'
import { DownloadError } from '../../errors.js'

/** How the body of an answer ends: after so many bytes, after the last chunk, or with the connection. */
export type Framing = number | 'chunked' | 'until close'

export interface Head {
  readonly status: number
  /** Name, value, name, value… as sent, latin1, without the spaces around them. */
  readonly fields: readonly string[]
  readonly framing: Framing
  /** Whether the connection may be used for another request. */
  readonly keeps: boolean
  /** ms for which the server says it keeps an idle connection, where it does. */
  readonly keepsFor: number | undefined
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/
/** Of trailers this is all that matters. */
export const FIELD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/
/** By code: whether a character may be part of a name, and of a value. RFC 9110, 5.1 and 5.5. */
const IN_NAME = Array.from({ length: 256 }, (_, code) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(code)))
const IN_VALUE = Array.from({ length: 256 }, (_, code) => /[\t\x20-\x7e\x80-\xff]/.test(String.fromCharCode(code)))
const COLON = 58

export const notHttp = (why: string): DownloadError => new DownloadError('BAD_RESPONSE', why)

/**
 * @param text latin1, from the status line to the end of the last field, without the empty line
 * @throws DownloadError BAD_RESPONSE
 */
export function readHead(text: string): Head {
  let end = text.indexOf('\r\n')
  const line = end === -1 ? text : text.slice(0, end)
  const [, minor, digits] = STATUS_LINE.exec(line) ?? []
  if (digits === undefined) throw notHttp(`the answer begins with '${printable(line)}', which is not HTTP/1.1`)
  const status = Number(digits)
  const fields: string[] = []
  let length: number | undefined
  let coding: string | undefined
  let connection = ''
  let keepAlive: string | undefined
  while (end !== -1) {
    const begin = end + 2
    const colon = endOf(IN_NAME, text, begin)
    const next = endOf(IN_VALUE, text, colon)
    // No space before the colon, and none before the name: that would continue the line before.
    if (colon === begin || text.charCodeAt(colon) !== COLON || (next < text.length && !text.startsWith('\r\n', next)))
      throw notHttp('a header of the answer is not of the form that HTTP knows')
    const name = text.slice(begin, colon)
    const value = withoutPadding(text.slice(colon + 1, next))
    end = next === text.length ? -1 : next
    fields.push(name, value)
    switch (name.length) {
      case 10:
        if (isNamed(name, 'connection')) connection += `,${value.toLowerCase()}`
        else if (isNamed(name, 'keep-alive')) keepAlive = value
        break
      case 14:
        if (isNamed(name, 'content-length')) length = oneLength(length, framingValue(text, colon, next))
        break
      case 17:
        if (!isNamed(name, 'transfer-encoding')) break
        coding = (coding === undefined ? '' : `${coding},`) + framingValue(text, colon, next)
        break
    }
  }
  if (status === 101) throw notHttp('the server changes to another protocol, which nobody asked for')
  const framing = framingOf(status, minor === '1', length, coding)
  const persists = !has(connection, 'close') && (minor === '1' || has(connection, 'keep-alive'))
  return {
    status,
    fields,
    framing,
    keeps: persists && framing !== 'until close',
    keepsFor: keepAlive === undefined ? undefined : timeoutOf(keepAlive),
  }
}

/** Where the characters from `at` on are no longer all in the set. */
function endOf(set: readonly boolean[], text: string, at: number): number {
  let end = at
  while (end < text.length && set[text.charCodeAt(end)] === true) end += 1
  return end
}

const isNamed = (name: string, wanted: string): boolean => name === wanted || name.toLowerCase() === wanted

/** Without spaces around it. Tabs are allowed there, but never sent; and llhttp takes `chunked` before a tab for another coding. */
function framingValue(text: string, colon: number, end: number): string {
  const value = text.slice(colon + 1, end)
  if (value.includes('\t')) throw notHttp('the answer has a tab where it says how long it is')
  return withoutPadding(value)
}

function oneLength(before: number | undefined, digits: string): number {
  if (before !== undefined) throw notHttp('the answer has more than one Content-Length')
  if (!/^\d{1,15}$/.test(digits)) throw notHttp(`the answer has the Content-Length '${printable(digits)}'`)
  return Number(digits)
}

function framingOf(status: number, isNew: boolean, length: number | undefined, coding: string | undefined): Framing {
  if (coding !== undefined) {
    if (length !== undefined) throw notHttp('the answer has a Content-Length and a Transfer-Encoding')
    // Some read its chunks, others take them for the body.
    if (!isNew) throw notHttp('the answer has a Transfer-Encoding, which HTTP/1.0 does not know')
    if (coding.toLowerCase() !== 'chunked')
      throw notHttp(`the answer has the transfer coding '${printable(coding)}'; only chunked is read`)
  }
  if (status < 200 || status === 204 || status === 304) return 0
  return coding === undefined ? (length ?? 'until close') : 'chunked'
}

/** Whether a list of names has this one; the list is in lower case. */
const has = (list: string, name: string): boolean =>
  list.includes(name) && list.split(',').some((one) => withoutPadding(one) === name)

function timeoutOf(value: string): number | undefined {
  const [, seconds] = /(?:^|[\s,])timeout\s*=\s*"?(\d{1,6})/i.exec(value) ?? []
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
