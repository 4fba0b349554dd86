import { STATUS_CODES } from 'node:http'
import { findContent } from './content.js'
import type { Faults } from './faults/table.js'
import { inMemory, type Representation } from './representation.js'
import type { Request } from './request-reader.js'

/** One header line, one character a byte. */
export type Header = readonly [name: string, value: string]

/** Everything that will go over the wire for one request, decided before the first byte. */
export interface Answer {
  readonly status: number
  readonly reason: string
  readonly headers: readonly Header[]
  /** Absent where only headers are sent. */
  readonly body?: Representation
  /** Whether the connection serves another request afterwards. */
  readonly keepAlive: boolean
}

/** What an answer depends on besides the request. */
export interface Circumstances {
  readonly faults: Faults
  /** Milliseconds since 1970. */
  readonly now: number
}

export async function composeAnswer(request: Request, path: string, { now }: Circumstances): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(request, 405, 'Only GET and HEAD are served here.', now)
  const content = await findContent(path)
  if (content === undefined) return plain(request, 404, `Nothing is served at ${path}.`, now)
  return framed(request, 200, content, now)
}

/** An answer that says in words why there is nothing else. */
export function plain(request: Request, status: number, text: string, now: number): Answer {
  return framed(request, status, inMemory('text/plain; charset=utf-8', Buffer.from(`${text}\n`)), now)
}

function framed(request: Request, status: number, content: Representation, now: number): Answer {
  const keepAlive = wantsKeepAlive(request)
  const headers: Header[] = [
    ['Date', new Date(now).toUTCString()],
    ['Content-Type', content.type],
    ['Content-Length', String(content.size)],
    ['Connection', keepAlive ? 'keep-alive' : 'close'],
  ]
  const answer = { status, reason: STATUS_CODES[status] ?? '', headers, keepAlive }
  return request.method === 'HEAD' ? answer : { ...answer, body: content }
}

function wantsKeepAlive({ httpVersion, headers }: Request): boolean {
  const said = headers['connection']?.toLowerCase() ?? ''
  return httpVersion === '1.1' ? !said.includes('close') : said.includes('keep-alive')
}
