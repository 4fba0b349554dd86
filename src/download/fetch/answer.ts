/** Answer: the head of a response, read strictly from the bytes of its headers. */
import { DownloadError } from '../errors.js'

/** What a transfer needs of a head. Values are latin1 text, as sent, without the spaces around them. */
export interface Answer {
  readonly status: number
  /** Bytes of all names and values. */
  readonly headerBytes: number
  readonly contentLength: number | undefined
  readonly contentRange: string | undefined
  readonly contentEncoding: string | undefined
  readonly contentType: string | undefined
  readonly contentDisposition: string | undefined
  readonly etag: string | undefined
  readonly lastModified: string | undefined
  readonly location: string | undefined
  readonly retryAfter: string | undefined
  readonly setCookies: readonly string[]
}

/** More headers than this in one answer are an attack or an accident. Browsers and servers stop at 100 to 200 as well. */
export const MAX_HEADERS = 200

/** The headers that are read. */
const NAMES = [
  'content-length',
  'content-range',
  'content-encoding',
  'content-type',
  'content-disposition',
  'etag',
  'last-modified',
  'location',
  'retry-after',
  'set-cookie',
  'transfer-encoding',
] as const
type Name = (typeof NAMES)[number]

/** Names by their length, so that most headers of an answer are passed over at once. */
const BY_LENGTH: readonly (readonly Name[] | undefined)[] = Array.from({ length: 20 }, (_, length) => {
  const names = NAMES.filter((name) => name.length === length)
  return names.length === 0 ? undefined : names
})

function nameOf(key: string): Name | undefined {
  const names = BY_LENGTH[key.length]
  if (names === undefined) return undefined
  const lower = key.toLowerCase()
  return names.find((name) => name === lower)
}

/** Bytes of the names and values of `fields`, which is name, value, name, value… in latin1. */
export function bytesOf(fields: readonly string[]): number {
  let bytes = 0
  for (const part of fields) bytes += part.length
  return bytes
}

/**
 * Reads a head. Whatever leaves room for two opinions on where the body ends is refused with BAD_RESPONSE: lengths that are not plain digits,
 * lengths that differ, transfer codings other than `chunked`.
 */
export function readAnswer(status: number, fields: readonly string[]): Answer {
  if (fields.length > 2 * MAX_HEADERS) {
    throw new DownloadError('HEADERS_TOO_LARGE', `the answer has ${fields.length / 2} headers; at most ${MAX_HEADERS} are read`, {
      http: status,
    })
  }
  const values = noValues()
  let setCookies: string[] | undefined
  for (let n = 0; n + 1 < fields.length; n += 2) {
    const name = nameOf(fields[n] as string)
    if (name === undefined) continue
    const value = withoutPadding(fields[n + 1] as string)
    if (name === 'set-cookie') (setCookies ??= []).push(value)
    else values[name] = join(status, name, values[name], value)
  }
  const coding = values['transfer-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    throw new DownloadError('BAD_RESPONSE', `the answer has the transfer coding '${printable(coding)}'; only chunked is read`, {
      http: status,
    })
  }
  return {
    status,
    headerBytes: bytesOf(fields),
    contentLength: lengthOf(status, values['content-length']),
    contentRange: values['content-range'],
    contentEncoding: values['content-encoding'],
    contentType: values['content-type'],
    contentDisposition: values['content-disposition'],
    etag: values.etag,
    lastModified: values['last-modified'],
    location: values.location,
    retryAfter: values['retry-after'],
    setCookies: setCookies ?? NO_COOKIES,
  }
}

/** All names at once, so that every head has the same shape. */
const noValues = (): { [name in Name]: string | undefined } => ({
  'content-length': undefined,
  'content-range': undefined,
  'content-encoding': undefined,
  'content-type': undefined,
  'content-disposition': undefined,
  etag: undefined,
  'last-modified': undefined,
  location: undefined,
  'retry-after': undefined,
  'set-cookie': undefined,
  'transfer-encoding': undefined,
})

const NO_COOKIES: readonly string[] = []

/** Headers of which there can be but one, and where a second opinion is an attack. */
const SINGLE: ReadonlySet<string> = new Set(['content-length', 'content-range', 'location', 'transfer-encoding'])

function join(status: number, name: string, before: string | undefined, value: string): string {
  if (before === undefined) return value
  if (!SINGLE.has(name)) return `${before}, ${value}`
  if (before === value) return value
  throw new DownloadError('BAD_RESPONSE', `the answer has two different headers ${name}`, { http: status })
}

function lengthOf(status: number, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,15}$/.test(value)) return Number(value)
  throw new DownloadError('BAD_RESPONSE', `the answer has the Content-Length '${printable(value)}'`, { http: status })
}

/** Without the spaces and tabs around it. Not `trim`, which takes bytes of UTF-8 for spaces too. */
export function withoutPadding(text: string): string {
  let begin = 0
  let end = text.length
  while (begin < end && isPadding(text.charCodeAt(begin))) begin += 1
  while (begin < end && isPadding(text.charCodeAt(end - 1))) end -= 1
  return text.slice(begin, end)
}

const isPadding = (code: number): boolean => code === 0x20 || code === 0x09

/** Text from a server, made fit for a message: short, and without anything that moves a cursor. */
export function printable(text: string): string {
  const clean = text.replaceAll(/[^\x20-\x7e]/g, '?')
  return clean.length > 100 ? `${clean.slice(0, 100)}…` : clean
}
