import { STATUS_CODES } from 'node:http'
import { type Files, findContent, orderedContent } from './content.js'
import { coded } from './faults/coding.js'
import { type Flood, floodOf } from './faults/flood.js'
import { type Framing, framingOf } from './faults/framing.js'
import { rangeAnswer } from './faults/range.js'
import { redirectOf } from './faults/redirect.js'
import { retryAfterHeader } from './faults/status.js'
import { type Stop, stopOf } from './faults/stop.js'
import type { Faults } from './faults/table.js'
import { sameVersion, unchanged, validatorHeaders, validatorsOf } from './faults/validators.js'
import type { Header } from './header.js'
import { inMemory, type Representation, TEXT } from './representation.js'
import type { Request } from './request-reader.js'

/** Everything that will go over the wire for one request, decided before the first byte. */
export interface Answer {
  readonly status: number
  readonly reason: string
  readonly headers: readonly Header[]
  /** Absent where only headers are sent. */
  readonly body: Representation | undefined
  readonly framing: Framing
  readonly flood: Flood
  /** Where it ends too early. */
  readonly stop: Stop | undefined
  /** Bytes of body a second; absent for as fast as it goes. */
  readonly drip: number | undefined
  /** Whether the connection serves another request afterwards. */
  readonly keepAlive: boolean
}

/** What an answer depends on besides the request. */
export interface Circumstances {
  readonly path: string
  readonly faults: Faults
  readonly files: Files
  /** Version of the contents, if the faults name none. */
  readonly version: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Status, headers of its own and body of an answer, before the way it is sent is decided. */
interface Draft {
  readonly status: number
  readonly headers?: readonly Header[]
  readonly content: Representation | undefined
}

/** Decides the answer to a request. @throws {FlagServerError} `ERR_FLAG_SERVER_OPTION` if the faults do not fit what is served. */
export async function composeAnswer(request: Request, circumstances: Circumstances): Promise<Answer> {
  const { faults, now } = circumstances
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return finished(request, { ...plain(405, 'Only GET and HEAD are served here.'), headers: [['Allow', 'GET, HEAD']] }, {}, now)
  }
  const redirect = redirectOf(faults, request.url)
  if (redirect !== undefined) {
    return finished(request, { ...plain(redirect.status), headers: redirect.headers }, onTheWay(faults), now)
  }
  return finished(request, await destination(request, circumstances), faults, now)
}

/** An answer that says in words why there is no other. */
export function refusal(request: Request, status: number, text: string, now: number): Answer {
  return finished(request, plain(status, text), {}, now)
}

/** What is at the end of all redirects: an error if one is asked for, or else the content, a part of it, or word that it has not changed. */
async function destination(request: Request, { path, faults, files, version: current, now }: Circumstances): Promise<Draft> {
  const version = faults.version ?? current
  const { status = 200 } = faults
  const ordered = orderedContent(path, faults, version)
  if (status >= 300 || status === 204 || status === 205) {
    const content = status === 204 || status === 205 || status === 304 ? undefined : (ordered ?? plain(status).content)
    const headers = status >= 400 ? retryAfterHeader(faults.retryAfter, now) : []
    return { status, headers, content: content && (await coded(content, faults)) }
  }
  const found = ordered ?? (await findContent(path, files, version))
  if (found === undefined) return plain(404, `Nothing is served at ${path}.`)
  return selected(request, status, path, version, await coded(found, faults), faults)
}

/** The whole content, a range of it, or word that it has not changed. */
function selected(
  request: Request,
  status: number,
  path: string,
  version: number,
  content: Representation,
  faults: Faults,
): Draft {
  const validators = validatorsOf(faults, { path, version, size: content.size, coding: content.coding })
  const headers: Header[] = [...validatorHeaders(validators)]
  if (unchanged(request, validators, faults)) return { status: 304, headers, content: undefined }
  if (content.size === undefined || content.size === Infinity || faults.range === 'ignore') return { status, headers, content }
  headers.push(['Accept-Ranges', 'bytes'])
  const wanted = faults.ifRange === 'ignore' || sameVersion(request, validators)
  const range = wanted ? rangeAnswer(request.headers['range'], content.size, faults.range) : undefined
  if (range === undefined) return { status, headers, content }
  headers.push(...range.headers)
  if (range.status === 416) return { ...plain(416), headers }
  const { start, end } = range.section
  return {
    status: 206,
    headers,
    content: { ...content, size: end - start, read: (from, to) => content.read(start + from, Math.min(start + to, end)) },
  }
}

/** Decides how a draft goes over the wire. */
function finished(request: Request, { status, headers = [], content }: Draft, faults: Faults, now: number): Answer {
  const framing = framingOf(faults, content === undefined ? 0 : content.size, request.httpVersion)
  const keepAlive = wantsKeepAlive(request) && !framing.last
  const saysKeepAlive = keepAlive || (faults.connection === 'drop' && wantsKeepAlive(request))
  const type = faults.type ?? content?.type
  return {
    status,
    reason: faults.reason ?? STATUS_CODES[status] ?? '',
    headers: [
      ['Date', new Date(now).toUTCString()],
      ...headers,
      ...(type === undefined ? [] : [['Content-Type', type] as const]),
      ...(content?.coding === undefined ? [] : [['Content-Encoding', content.coding] as const]),
      ...(faults.disposition === undefined ? [] : [['Content-Disposition', faults.disposition] as const]),
      ...(faults.header ?? []),
      ...(hasBody(status) ? framing.headers : []),
      ['Connection', saysKeepAlive ? 'keep-alive' : 'close'],
    ],
    body: request.method === 'HEAD' || !hasBody(status) ? undefined : (content ?? inMemory(TEXT, Buffer.alloc(0))),
    framing,
    flood: floodOf(faults),
    stop: stopOf(faults, content === undefined ? 0 : content.size),
    drip: faults.drip,
    keepAlive,
  }
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 304
}

function plain(status: number, text = `${status} ${STATUS_CODES[status] ?? ''}`): Draft {
  return { status, content: inMemory(TEXT, Buffer.from(`${text}\n`)) }
}

/** The faults that a redirect shows; the others wait for what it leads to. */
function onTheWay({ header, endless, extraHeaders, extraHeaderSize, interim, interimStatus }: Faults): Faults {
  const shown = {
    header,
    endless: endless === 'body' ? undefined : endless,
    extraHeaders,
    extraHeaderSize,
    interim,
    interimStatus,
  }
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined))
}

function wantsKeepAlive({ httpVersion, headers }: Request): boolean {
  const said = headers['connection']?.toLowerCase() ?? ''
  return httpVersion === '1.1' ? !said.includes('close') : said.includes('keep-alive')
}
