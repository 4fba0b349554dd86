/** A file on a server, and how the server behaves about it: what fetchers are tried on, whether real or not. */

export interface ServedFile {
  readonly body: string | Uint8Array
  readonly etag?: string
  readonly lastModified?: string
  readonly type?: string
  /** Instead of 200; the body is sent all the same. */
  readonly status?: number
  readonly retryAfter?: string
  /** Path of another file, to which this one redirects. */
  readonly redirect?: string
  /** Ends the connection after so many bytes of the body that was announced. */
  readonly cutAt?: number
  /** Takes the request and says nothing, ever. */
  readonly silent?: boolean
  /** Ranges are ignored; or continued whatever If-Range says. */
  readonly ranges?: 'ignored' | 'unconditional'
}

/** What is to be sent. */
export interface ServedAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** What an honest server, but for what the file says, answers. @param headers names in lower case */
export function answerOf(file: ServedFile, headers: Readonly<Record<string, string | undefined>>): ServedAnswer {
  const body = Buffer.from(file.body)
  const about = present({ etag: file.etag, 'last-modified': file.lastModified, 'content-type': file.type })
  if (file.redirect !== undefined) return { status: 302, headers: { location: file.redirect }, body: Buffer.from('elsewhere') }
  if (file.status !== undefined) return { status: file.status, headers: present({ 'retry-after': file.retryAfter }), body }
  const unchanged =
    headers['if-none-match'] === undefined
      ? headers['if-modified-since'] !== undefined && headers['if-modified-since'] === file.lastModified
      : headers['if-none-match'] === file.etag
  if (unchanged) return { status: 304, headers: about, body: Buffer.alloc(0) }
  const condition = headers['if-range']
  const same =
    condition === undefined || condition === file.etag || condition === file.lastModified || file.ranges === 'unconditional'
  const first = /^bytes=(\d+)-$/.exec(headers['range'] ?? '')?.[1]
  if (first === undefined || file.ranges === 'ignored' || !same) return { status: 200, headers: about, body }
  const from = Number(first)
  if (from >= body.length) return { status: 416, headers: { 'content-range': `bytes */${body.length}` }, body: Buffer.alloc(0) }
  const range = `bytes ${from}-${body.length - 1}/${body.length}`
  return { status: 206, headers: { ...about, 'content-range': range }, body: body.subarray(from) }
}

function present(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Record<string, string>
}
