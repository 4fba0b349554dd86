/**
 * What becomes of a download from a server that does not do as it should: one row a fault, one right outcome each, the same in every style.
 * The tests read it; so may a person who wants to know what halyard does when.
 */
import type { DownloadOptions, FailureCode, Status } from 'halyard'

export interface FaultRow {
  readonly title: string
  /** Query for the flag server; the path is that of a file of `size` bytes, computed from its number. */
  readonly query: string
  /** The server replaces the file by another version after the first answer. */
  readonly changes?: true
  readonly status: Status
  readonly code?: FailureCode
  /** Requests the server sees, redirects included. */
  readonly requests: number
  /** The same into tar shards, where what was cut is never continued but asked for anew. Default: `requests`. */
  readonly requestsAnew?: number
  /** The same for a file of eight segments. Default: no matter how many. */
  readonly requestsInSegments?: number
  /** What is under the final name: nothing, the whole file, or what the server sent although nobody can know that it is wrong. */
  readonly file: 'none' | 'whole' | 'as sent'
  /** Of `halyard get` with this line alone. */
  readonly exit: 0 | 3
}

export interface FaultGroup {
  readonly title: string
  readonly options: DownloadOptions
  /** The same options for `halyard get`. */
  readonly typed: readonly string[]
  readonly rows: readonly FaultRow[]
}

type Rest = Partial<FaultRow>

const whole = (title: string, query: string, requests = 1, rest: Rest = {}): FaultRow => ({
  title,
  query,
  status: 'ok',
  requests,
  file: 'whole',
  exit: 0,
  ...rest,
})
const fails = (code: FailureCode, title: string, query: string, requests: number, rest: Rest = {}): FaultRow => ({
  title,
  query,
  status: 'error',
  code,
  requests,
  file: 'none',
  exit: 3,
  ...rest,
})

/** One retry: a failure that may pass makes two requests, one that will not makes one. */
const PATIENCE: DownloadOptions = { retries: 1, stallTimeout: 30_000, timeout: 60_000, maxSize: 5 * 1024 * 1024 }
const TYPED = ['--retries', '1', '--stall-timeout', '30', '--timeout', '60', '--max-size', '5M']

/** Whoever waits for an end of patience has little of it; all others have much, for a busy machine is no fault of the server. */
const HASTE: DownloadOptions = { ...PATIENCE, stallTimeout: 1000, timeout: 2500 }
const TYPED_IN_HASTE = [...TYPED, '--stall-timeout', '1', '--timeout', '2.5']

const PLAIN: readonly FaultRow[] = [
  whole('a Content-Length', '', 1, { requestsInSegments: 8 }),
  whole('chunks', 'framing=chunked&chunk-size=100', 1, { requestsInSegments: 8 }),
  whole('an end told by the end of the connection', 'framing=close'),
  whole('an empty file', 'body='),
  whole('a connection that is dropped after the answer', 'connection=drop'),
  whole('1xx answers before the real one', 'interim=3'),
  whole('three redirects', 'redirect=3', 4),
  whole('a coding nobody asked for: bytes are kept as served', 'coding=gzip', 1, { file: 'as sent' }),
  whole('a cut coding nobody asked for: bytes are kept as served', 'coding=gzip&coding-cut=50%', 1, { file: 'as sent' }),
  whole('a 503 that passes', 'fail=1&status=503', 2),
  whole('a 503 with Retry-After in seconds', 'fail=1&status=503&retry-after=1', 2),
  whole('a 429 with Retry-After as a date', 'fail=1&status=429&retry-after=date:1', 2),
  whole('a 429 with Retry-After in seconds', 'fail=1&status=429&retry-after=1', 2),
  whole('a 503 with Retry-After as a date', 'fail=1&status=503&retry-after=date:1', 2),
  whole('a 500 with Retry-After', 'fail=1&status=500&retry-after=1', 2),
  whole('a 503 whose Retry-After is nonsense', 'fail=1&status=503&retry-after=soon', 2),
  whole('a reset that passes', 'fail=1&reset=before-headers', 2),
  fails('HTTP_404', 'a 404', 'status=404', 1, { status: 'not-found' }),
  fails('HTTP_410', 'a 410', 'status=410', 1, { status: 'not-found' }),
  fails('HTTP_404', 'a 404 with Retry-After: nobody waits for it', 'status=404&retry-after=600', 1, { status: 'not-found' }),
  fails('HTTP_410', 'a 410 with Retry-After: nobody waits for it', 'status=410&retry-after=600', 1, { status: 'not-found' }),
  fails('HTTP_403', 'a 403', 'status=403', 1),
  fails('HTTP_418', 'a 418', 'status=418', 1),
  fails('HTTP_429', 'a 429 that stays', 'status=429', 2),
  fails('HTTP_500', 'a 500 that stays', 'status=500', 2),
  fails('HTTP_503', 'a 503 that stays', 'status=503', 2),
  fails('HTTP_204', 'no content where a file should be', 'status=204', 1),
  fails('RESET', 'a connection closed before the answer', 'cut=before-headers', 2),
  fails('RESET', 'a connection closed in the headers', 'cut=in-headers', 2),
  fails('RESET', 'a connection torn down before the answer', 'reset=before-headers', 2),
  fails('TRUNCATED', 'no body after the headers', 'cut=after-headers', 2),
  fails('TRUNCATED', 'half a body with a Content-Length', 'cut=50%', 2),
  fails('TRUNCATED', 'half a body in chunks', 'cut=50%&framing=chunked&chunk-size=100', 2),
  fails('TRUNCATED', 'a body cut between two whole chunks', 'cut=200&framing=chunked&chunk-size=100', 2),
  fails('TRUNCATED', 'chunks without the last one', 'cut=100%&framing=chunked', 2),
  fails('TRUNCATED', 'a body torn down in the middle', 'reset=50%', 2),
  whole('half a body that ends with the connection, in good order: nobody can know', 'cut=50%&framing=close', 1, {
    file: 'as sent',
  }),
  fails('TRUNCATED', 'a Content-Length that is too long: the rest is asked for, then the whole again', 'length=too-long', 3, {
    requestsAnew: 2,
  }),
  whole('a Content-Length that is too short: nobody can know', 'length=too-short', 1, { file: 'as sent' }),
  fails('BAD_RESPONSE', 'two Content-Lengths', 'length=twice', 2),
  fails('BAD_RESPONSE', 'a Content-Length with a sign', 'length=plus', 2),
  fails('BAD_RESPONSE', 'a negative Content-Length', 'length=negative', 2),
  fails('BAD_RESPONSE', 'a Content-Length beside chunks', 'length=with-chunked', 2),
  fails('BAD_RESPONSE', 'a chunk size past 2^64', 'chunks=huge', 2),
  fails('BAD_RESPONSE', 'a negative chunk size', 'chunks=negative', 2),
  fails('BAD_RESPONSE', 'no chunk size', 'chunks=empty', 2),
  fails('BAD_RESPONSE', 'a chunk size that is no number', 'chunks=garbage', 2),
  fails('BAD_RESPONSE', 'a chunk without its line end', 'chunks=no-crlf', 2),
  fails('TRUNCATED', 'no last chunk', 'chunks=no-end', 2),
  fails('HEADERS_TOO_LARGE', 'headers without end', 'endless=headers&extra-header-size=1000', 1),
  fails('HEADERS_TOO_LARGE', 'one header of a megabyte', 'extra-headers=1&extra-header-size=1M', 1),
  fails('HEADERS_TOO_LARGE', '1xx answers without end', 'endless=interim', 1),
  fails('TOO_LARGE', 'a body without end', 'endless=body', 1),
  fails('TOO_LARGE', 'a body that is announced to be too large', 'size=6M', 1),
  fails('TOO_MANY_REDIRECTS', 'a redirect to itself', 'redirect=loop', 11),
  fails('TOO_MANY_REDIRECTS', 'redirects without end', 'redirect=endless', 11),
  fails('REDIRECT_REFUSED', 'a redirect to a file', 'location=file:///etc/passwd', 1),
  fails('REDIRECT_REFUSED', 'a redirect to another protocol', 'location=ftp://127.0.0.1/x', 1),
  fails('BAD_RESPONSE', 'a 304 that nobody asked for', 'status=304', 2),
  whole('a Content-Range that says nothing, as the answer is a 200', 'range=ignore&header=Content-Range:%20bytes%200-9/10'),
  fails('RANGE_MISMATCH', 'a part nobody asked for', 'status=206&range=ignore', 2),
]

const SILENT: readonly FaultRow[] = [
  fails('TIMEOUT_HEADERS', 'silence before the answer', 'silence=before-headers', 2),
  fails('TIMEOUT_STALL', 'silence after the headers', 'silence=after-headers', 2),
  fails('TIMEOUT_STALL', 'silence in the middle', 'silence=50%', 2),
  fails('TIMEOUT_TOTAL', 'a drip', 'drip=20', 2),
]

/** Half a minute, over which speed is judged, is waited for once. */
const SLOW: readonly FaultRow[] = [fails('TIMEOUT_SLOW', 'a body that comes too slowly, but comes', 'size=4000&drip=100', 1)]

const DECODED: readonly FaultRow[] = [
  whole('gzip', 'coding=gzip'),
  whole('brotli', 'coding=br'),
  whole('two codings', 'coding=gzip,br'),
  whole('no coding at all', ''),
  fails('BAD_ENCODING', 'gzip without its end', 'coding=gzip&coding-cut=50%', 2),
  fails('BAD_ENCODING', 'gzip in chunks without its end', 'coding=gzip&coding-cut=90%&framing=chunked', 2),
  fails('BAD_ENCODING', 'brotli without its end', 'coding=br&coding-cut=50%', 2),
  fails('BAD_ENCODING', 'gzip that is none', 'coding=false-gzip', 2),
  fails('UNKNOWN_ENCODING', 'three codings', 'coding=gzip,gzip,gzip', 1),
  fails('TOO_LARGE', 'a bomb', 'bomb=20M', 1),
  fails('TRUNCATED', 'half a coded body', 'coding=gzip&cut=50%', 2),
]

/** The first attempt is cut in the middle; what was here then is continued, or not. Two retries. */
const RESUMED: readonly FaultRow[] = [
  whole('a server that continues', 'fail=1&cut=50%', 2),
  whole('a server that starts again', 'fail=1&cut=50%&range=ignore', 2),
  whole('a server that refuses the range', 'fail=1&cut=50%&range=refuse', 3, { requestsAnew: 2 }),
  whole('a server that refuses the range and does not say how long the file is', 'fail=1&cut=50%&range=refuse-bare', 3, {
    requestsAnew: 2,
  }),
  whole('a server that refuses the range, as if what is here were all of it', 'fail=1&cut=50%&range=refuse-as-whole', 3, {
    requestsAnew: 2,
  }),
  whole('a range that begins elsewhere', 'fail=1&cut=50%&range=wrong-start', 3, { requestsAnew: 2 }),
  whole('a range of a file of another size', 'fail=1&cut=50%&range=wrong-total', 3, { requestsAnew: 2 }),
  whole('a range that does not say which', 'fail=1&cut=50%&range=no-content-range', 3, { requestsAnew: 2 }),
  whole('a range that says nonsense', 'fail=1&cut=50%&range=garbage', 3, { requestsAnew: 2 }),
  whole('half of the range', 'fail=1&cut=50%&range=short', 3, { requestsAnew: 2 }),
  whole('a file that changed in between', 'fail=1&cut=50%', 2, { changes: true }),
  whole('a file that changed, from a server that ignores If-Range', 'fail=1&cut=50%&if-range=ignore', 3, {
    changes: true,
    requestsAnew: 2,
  }),
  whole('a file without validators: nothing is continued', 'fail=1&cut=50%&etag=none&last-modified=none', 2),
  whole('a weak ETag, but a date', 'fail=1&cut=50%&etag=weak', 2),
]

export const FAULTS: readonly FaultGroup[] = [
  { title: 'as served', options: PATIENCE, typed: TYPED, rows: PLAIN },
  { title: 'never to its end', options: HASTE, typed: TYPED_IN_HASTE, rows: SILENT },
  { title: 'with --decode', options: { ...PATIENCE, decode: true }, typed: [...TYPED, '--decode'], rows: DECODED },
  { title: 'cut, then', options: { ...PATIENCE, retries: 2 }, typed: [...TYPED, '--retries', '2'], rows: RESUMED },
]

/** For who has the time. */
export const LONG_FAULTS: readonly FaultGroup[] = [
  {
    title: 'too slowly',
    options: { ...PATIENCE, retries: 0, minSpeed: 500 },
    typed: [...TYPED, '--retries', '0', '--min-speed', '500'],
    rows: SLOW,
  },
]
