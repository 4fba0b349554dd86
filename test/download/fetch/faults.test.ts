/** The flag server's faults, one by one, and what the fetcher makes of each. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type FlagServer, startFlagServer, syntheticBytes, syntheticSize } from 'halyard/flag-server'
import type { FetchRequest } from '../../../src/download/fetch/fetcher.js'
import type { FetchSettings } from '../../../src/download/fetch/settings.js'
import { failureOf, keeping, openedFetcher } from '../../support/fetching.js'

let server: FlagServer
before(async () => {
  server = await startFlagServer({ seed: 1 })
})
after(() => server.close())

const SIZE = syntheticSize(7)
const DECODE = { decode: true }
const IMPATIENT = { headersTimeout: 300, stallTimeout: 300 }

interface Row {
  readonly query: string
  /** A code; or where the body begins, if it is whole and right. */
  readonly expect: string | 0 | 100
  /** Requests the server sees. @default 1 */
  readonly requests?: number
  readonly settings?: Partial<FetchSettings>
  /** Continue from byte 100 of this version of the file. */
  readonly resume?: number
  readonly retryAfter?: number
}

const rows: readonly Row[] = [
  { query: '', expect: 0 },
  { query: 'delay=0.05', expect: 0 },
  { query: 'drip=100000', expect: 0 },
  { query: 'framing=chunked', expect: 0 },
  { query: 'framing=chunked&chunk-size=10', expect: 0 },
  { query: 'framing=close', expect: 0 },
  { query: 'connection=close', expect: 0 },
  { query: 'connection=drop', expect: 0 },
  { query: 'interim=3', expect: 0 },
  { query: 'interim=3&interim-status=103', expect: 0 },
  { query: 'extra-headers=50', expect: 0 },
  { query: 'etag=none&last-modified=none', expect: 0 },
  { query: 'etag=raw:x&last-modified=raw:x', expect: 0 },
  { query: 'disposition=attachment;%20filename=%22..%2Fx%FF%22', expect: 0 },
  { query: 'status=200&reason=Gone%20fishing', expect: 0 },
  ...[404, 410, 418, 500, 502, 503, 599].map((status): Row => ({ query: `status=${status}`, expect: `HTTP_${status}` })),
  { query: 'status=429&retry-after=7', expect: 'HTTP_429', retryAfter: 7000 },
  { query: 'status=503&retry-after=-1', expect: 'HTTP_503' },
  { query: 'status=503&retry-after=soon', expect: 'HTTP_503' },
  { query: 'status=503&size=1M', expect: 'HTTP_503' },
  { query: 'status=503&silence=after-headers', expect: 'HTTP_503' },
  { query: 'status=503&endless=body', expect: 'HTTP_503' },
  { query: 'cut=before-headers', expect: 'RESET' },
  { query: 'cut=in-headers', expect: 'RESET' },
  { query: 'reset=before-headers', expect: 'RESET' },
  { query: 'reset=in-headers', expect: 'RESET' },
  ...['', '&connection=close', '&framing=chunked', '&framing=chunked&connection=close'].flatMap((framing) =>
    ['cut=after-headers', 'cut=50%', 'reset=after-headers', 'reset=50%'].map((fault): Row => ({
      query: `${fault}${framing}`,
      expect: 'TRUNCATED',
    })),
  ),
  { query: 'cut=100%&framing=chunked', expect: 'TRUNCATED' },
  { query: 'framing=close&reset=50%', expect: 'TRUNCATED' },
  { query: 'silence=before-headers', expect: 'TIMEOUT_HEADERS', settings: IMPATIENT },
  { query: 'silence=in-headers', expect: 'TIMEOUT_HEADERS', settings: IMPATIENT },
  { query: 'silence=after-headers', expect: 'TIMEOUT_STALL', settings: IMPATIENT },
  { query: 'silence=50%', expect: 'TIMEOUT_STALL', settings: IMPATIENT },
  { query: 'delay=30', expect: 'TIMEOUT_HEADERS', settings: IMPATIENT },
  { query: 'drip=10', expect: 'TIMEOUT_TOTAL', settings: { timeout: 300 } },
  { query: 'length=too-long', expect: 'TRUNCATED' },
  { query: 'length=twice', expect: 'BAD_RESPONSE' },
  { query: 'length=plus', expect: 'BAD_RESPONSE' },
  { query: 'length=negative', expect: 'BAD_RESPONSE' },
  { query: 'length=with-chunked', expect: 'BAD_RESPONSE' },
  { query: 'length=raw:0x10', expect: 'BAD_RESPONSE' },
  ...['huge', 'negative', 'empty', 'garbage', 'no-crlf'].map((chunks): Row => ({
    query: `chunks=${chunks}&framing=chunked`,
    expect: 'BAD_RESPONSE',
  })),
  { query: 'chunks=too-long&framing=chunked', expect: 'TRUNCATED' },
  { query: 'chunks=no-end&framing=chunked', expect: 'TRUNCATED' },
  { query: 'endless=body', expect: 'TOO_LARGE', settings: { maxSize: 1_000_000 } },
  { query: 'endless=headers&extra-header-size=1000', expect: 'HEADERS_TOO_LARGE' },
  { query: 'endless=interim', expect: 'HEADERS_TOO_LARGE' },
  { query: 'extra-headers=1000', expect: 'HEADERS_TOO_LARGE' },
  { query: 'extra-headers=1&extra-header-size=1M', expect: 'HEADERS_TOO_LARGE' },
  { query: 'interim=101', expect: 'HEADERS_TOO_LARGE' },
  { query: 'size=1M', expect: 'TOO_LARGE', settings: { maxSize: 1000 } },
  ...['gzip', 'br', 'deflate', 'raw-deflate', 'gzip,br'].flatMap((coding): Row[] => [
    { query: `coding=${coding}`, expect: 0, settings: DECODE },
    { query: `coding=${coding}&framing=chunked`, expect: 0, settings: DECODE },
    { query: `coding=${coding}&coding-cut=50%`, expect: 'BAD_ENCODING', settings: DECODE },
  ]),
  { query: 'coding=false-gzip', expect: 'BAD_ENCODING', settings: DECODE },
  { query: 'coding=gzip,gzip,gzip', expect: 'UNKNOWN_ENCODING', settings: DECODE },
  { query: 'bomb=20M&coding=gzip,gzip', expect: 'BOMB', settings: DECODE },
  { query: 'bomb=2M', expect: 'TOO_LARGE', settings: { ...DECODE, maxSize: 1_000_000 } },
  { query: 'redirect=3', expect: 0, requests: 4 },
  ...[301, 302, 303, 307, 308].map((status): Row => ({ query: `redirect=1&redirect-status=${status}`, expect: 0, requests: 2 })),
  { query: 'redirect=1&redirect-status=300', expect: 'HTTP_300' },
  { query: 'redirect=loop', expect: 'TOO_MANY_REDIRECTS', requests: 11 },
  { query: 'redirect=endless', expect: 'TOO_MANY_REDIRECTS', requests: 11 },
  { query: 'redirect=11', expect: 'TOO_MANY_REDIRECTS', requests: 11 },
  { query: 'location=file:///etc/passwd', expect: 'REDIRECT_REFUSED' },
  { query: '', expect: 100, resume: 0 },
  { query: 'framing=chunked', expect: 100, resume: 0 },
  { query: 'range=ignore', expect: 0, resume: 0 },
  { query: 'range=refuse', expect: 0, resume: 0, requests: 2 },
  { query: 'range=refuse-bare', expect: 0, resume: 0, requests: 2 },
  { query: 'range=wrong-start', expect: 'RANGE_MISMATCH', resume: 0 },
  { query: 'range=wrong-total', expect: 'RANGE_MISMATCH', resume: 0 },
  { query: 'range=no-content-range', expect: 'RANGE_MISMATCH', resume: 0 },
  { query: 'range=garbage', expect: 'RANGE_MISMATCH', resume: 0 },
  { query: 'range=short', expect: 'RANGE_MISMATCH', resume: 0 },
  { query: 'version=2', expect: 0, resume: 0 },
  { query: 'version=2&if-range=ignore', expect: 'CHANGED', resume: 0 },
  { query: 'cut=50%', expect: 'TRUNCATED', resume: 0 },
]

describe('What becomes of a fault', () => {
  for (const row of rows) {
    const name = `${row.query === '' ? 'none' : row.query}${row.settings === DECODE ? ', decoding' : ''}${row.resume === undefined ? '' : ', resuming'}`
    it(`${name}: ${row.expect === 0 ? 'whole' : row.expect === 100 ? 'the rest' : row.expect}`, async (t) => {
      const fetcher = await openedFetcher(t, row.settings)
      const url = `${server.url}/n/7.bin?key=${encodeURIComponent(t.name)}&${row.query}`
      const earlier = server.log.records.length
      const request: FetchRequest = row.resume === undefined ? { url } : { url, resume: await resumeOf(t, row.resume) }
      const skipped = row.resume === undefined ? 0 : 1
      const kept = keeping()
      const fetched = fetcher.fetch(request, kept)
      if (typeof row.expect === 'string') {
        const failure = await failureOf(fetched)
        assert.equal(failure.code, row.expect, failure.message)
        assert.equal(failure.retryAfter, row.retryAfter)
        if (failure.code.startsWith('HTTP_')) assert.equal(`HTTP_${failure.http}`, failure.code)
      } else {
        const { head } = await fetched
        const version = Number(/version=(\d+)/.exec(row.query)?.[1] ?? 0)
        assert.equal(head.from, row.expect)
        assert.deepEqual(kept.bytes(), Buffer.from(syntheticBytes({ number: 7, version })).subarray(row.expect))
      }
      assert.equal(server.log.records.length - earlier - skipped, row.requests ?? 1)
    })
  }

  it('silence ends with the abort, and the server sees the connection end', async (t) => {
    const fetcher = await openedFetcher(t)
    const stop = new AbortController()
    const fetched = fetcher.fetch(
      { url: `${server.url}/n/7.bin?silence=50%` },
      { head: () => undefined, chunk: () => stop.abort() },
      stop.signal,
    )
    assert.equal((await failureOf(fetched)).code, 'STOPPED')
  })
})

async function resumeOf(t: Parameters<typeof openedFetcher>[0], version: number): Promise<NonNullable<FetchRequest['resume']>> {
  const fetcher = await openedFetcher(t)
  const { head } = await fetcher.fetch({ url: `${server.url}/n/7.bin?version=${version}` }, keeping())
  assert.equal(head.total, SIZE)
  return { from: 100, validator: { etag: head.etag ?? '', total: SIZE } }
}
