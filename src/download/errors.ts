/**
 * The closed set of failures. Each has a stable code; the table says what a run does about it and what a person can do.
 */

/** Whose failure it is, and so what the run does. */
export type FailureKind =
  /** Of the line: no request is made. */
  | 'invalid'
  /** Of the transfer, and likely to pass: tried again. */
  | 'transient'
  /** Of the address: trying again would not help. */
  | 'final'
  /** Of our own output: the run ends, the job stays undone. */
  | 'output'
  /** Too many files open at once: tried again with less concurrency, not counted as an attempt. */
  | 'exhausted'
  /** Somebody ended the run: the job stays undone. */
  | 'stopped'

interface Failure {
  readonly kind: FailureKind
  /** One line: what happened. */
  readonly what: string
  /** One line: what to do. */
  readonly todo: string
}

const failure = (kind: FailureKind, what: string, todo: string): Failure => ({ kind, what, todo })

/** Codes of answers, `HTTP_404` and so on, are not in this table: see {@link HTTP_FAILURES}. */
export const FAILURES = {
  // The line
  INVALID_URL: failure('invalid', 'not an absolute URL', 'write https://host/path'),
  INVALID_SCHEME: failure('invalid', 'a scheme that is not downloaded', 'use https or http; with --https-only only https'),
  INVALID_BYTES: failure('invalid', 'the line holds NUL, a line break or another control character', 'clean the list'),
  INVALID_ENCODING: failure('invalid', 'the line is not UTF-8', 'convert the list with iconv'),
  INVALID_LONG: failure('invalid', 'the line is longer than 64 KB', 'look whether line ends are missing'),
  INVALID_ROW: failure('invalid', 'the row cannot be read, or has no URL', 'check quoting and column names'),
  INVALID_HASH: failure('invalid', 'the checksum is not ALG:HEX', 'write sha256:<64 hex digits>'),
  INVALID_HEADER: failure('invalid', 'a header that HTTP does not allow', 'remove line breaks and control characters'),
  INVALID_NAME: failure(
    'invalid',
    'the name of the file is taken or cannot be used',
    'choose another --name or --on-collision suffix',
  ),
  // The connection
  DNS_NOT_FOUND: failure('final', 'the host has no address', 'check the name of the host'),
  DNS_FAILED: failure('transient', 'the name server gave no answer', 'check the network'),
  ADDRESS_REFUSED: failure(
    'final',
    'the address is not public',
    'drop --public-only if you trust the list, or ask for the address itself',
  ),
  CONNECT_REFUSED: failure('transient', 'nobody listens there', 'check host and port'),
  CONNECT_FAILED: failure('transient', 'no connection could be made', 'check the network'),
  TLS_FAILED: failure('final', 'the server is not who it should be', 'check the certificate; --cacert adds an authority'),
  PROXY_FAILED: failure('transient', 'the proxy refused or broke the connection', 'check --proxy'),
  RESET: failure('transient', 'the server closed the connection before answering', 'try again later'),
  // The answer
  BAD_RESPONSE: failure('transient', 'the answer is not HTTP', 'report it to the operator of the server'),
  HEADERS_TOO_LARGE: failure('final', 'the head of the answer is larger than allowed', 'report it to the operator of the server'),
  TOO_MANY_REDIRECTS: failure('final', 'more redirects than allowed', 'look whether they go in a circle'),
  REDIRECT_REFUSED: failure('final', 'a redirect to an address that is not allowed', '--allow-downgrade permits https to http'),
  TRUNCATED: failure('transient', 'the body ended before its end', 'try again'),
  LENGTH_MISMATCH: failure('transient', 'the body is not as long as announced', 'try again'),
  BAD_ENCODING: failure(
    'transient',
    'the compressed body is broken or ends early',
    'try again, or keep the bytes without --decode',
  ),
  UNKNOWN_ENCODING: failure('final', 'a content coding nobody asked for', 'download without --decode'),
  RANGE_MISMATCH: failure('transient', 'the range sent is not the range asked for', 'try again'),
  CHANGED: failure('transient', 'the file changed while it was downloaded in parts', 'try again'),
  CHECKSUM: failure('transient', 'the bytes do not have the checksum of the list', 'check the list; the file was not kept'),
  SIZE: failure('transient', 'the file does not have the size of the list', 'check the list; the file was not kept'),
  TOO_LARGE: failure('final', 'larger than --max-size', 'raise --max-size'),
  BOMB: failure('final', 'the decoded body is out of proportion', 'download without --decode'),
  // Time
  TIMEOUT_CONNECT: failure('transient', 'no connection within --connect-timeout', 'raise it, or check the host'),
  TIMEOUT_HEADERS: failure('transient', 'no answer in time', 'raise --stall-timeout'),
  TIMEOUT_STALL: failure('transient', 'no byte for --stall-timeout', 'raise it, or try again later'),
  TIMEOUT_SLOW: failure('transient', 'slower than --min-speed', 'lower it, or try again later'),
  TIMEOUT_TOTAL: failure('transient', 'not whole within --timeout', 'raise it'),
  // The run
  HOST_DOWN: failure('final', 'the host failed too often; not requested', 'try again later with --retry-failed'),
  WORKER_DIED: failure('transient', 'the thread or process died under it', 'report it with the file that does this'),
  EMFILE: failure('exhausted', 'too many open files', 'raise ulimit -n or lower -j'),
  DISK_FULL: failure('output', 'no space left for the output', 'make room, then run the same command'),
  OUTPUT_DENIED: failure('output', 'the output may not be written', 'check permissions, then run the same command'),
  OUTPUT_FAILED: failure('output', 'the output cannot be written', 'see the message'),
  STOPPED: failure('stopped', 'the run was ended', 'run the same command to continue'),
  INTERNAL: failure('final', 'a mistake of this program', 'please report it'),
} as const satisfies Record<string, Failure>

export type FailureCode = keyof typeof FAILURES | `HTTP_${number}`

/** Answers that are worth asking for again. */
const TRANSIENT_HTTP: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524])

/** What an answer says that is no file, the most special ones first; a status of one digit stands for a hundred. */
export const HTTP_FAILURES: readonly {
  readonly statuses: readonly number[]
  readonly what: string
  readonly todo: string
}[] = [
  {
    statuses: [401, 403],
    what: 'the server does not let you in',
    todo: 'give credentials with --netrc or -H, or ask its operator',
  },
  { statuses: [404, 410], what: 'the server has no such file', todo: 'check the URL' },
  { statuses: [407], what: 'the proxy wants a password', todo: 'put it into --proxy' },
  {
    statuses: [429],
    what: 'too many requests',
    todo: 'lower --per-host or set --per-host-rate, then try again with --retry-failed',
  },
  { statuses: [408, 425, 5], what: 'the server is in trouble', todo: 'try again later with --retry-failed' },
  { statuses: [4], what: 'the server refuses the request', todo: 'check the URL and -H' },
  { statuses: [3], what: 'a redirect that leads nowhere', todo: 'look where the URL leads, and list that address' },
  { statuses: [1, 2], what: 'an answer without a file', todo: 'check the URL' },
]

/** What a failure is, and what can be done about it. Undefined for a code that is none. */
export function adviceOn(code: string): { readonly what: string; readonly todo: string } | undefined {
  if (Object.hasOwn(FAILURES, code)) return FAILURES[code as keyof typeof FAILURES]
  const status = Number(/^HTTP_(\d{3})$/.exec(code)?.[1])
  return HTTP_FAILURES.find(({ statuses }) => statuses.includes(status) || statuses.includes(Math.floor(status / 100)))
}

/** What a run does about a code. */
export function failureKind(code: FailureCode): FailureKind {
  if (code in FAILURES) return FAILURES[code as keyof typeof FAILURES].kind
  return TRANSIENT_HTTP.has(Number(code.slice('HTTP_'.length))) ? 'transient' : 'final'
}

export interface DownloadErrorDetails {
  /** Status of the answer, where there was one. */
  readonly http?: number
  /** ms the server asks us to wait (Retry-After), not yet capped. */
  readonly retryAfter?: number
  readonly cause?: unknown
}

/** One download failed; `code` says how. The message names what was found, never a secret. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError'
  readonly code: FailureCode
  readonly http: number | undefined
  readonly retryAfter: number | undefined

  constructor(code: FailureCode, message: string, { http, retryAfter, cause }: DownloadErrorDetails = {}) {
    super(message, cause === undefined ? {} : { cause })
    this.code = code
    this.http = http
    this.retryAfter = retryAfter
  }
}

/** Codes of errors that end a whole run, or never let it begin. */
export type RunErrorCode =
  /** Options that make no sense, or contradict one another. */
  | 'ERR_OPTIONS'
  /** An input list cannot be read. */
  | 'ERR_SOURCE'
  /** The output cannot be written. */
  | 'ERR_OUTPUT'
  /** The folder holds a different run. */
  | 'ERR_DIFFERENT_RUN'
  /** Another process is at work in the folder. */
  | 'ERR_LOCKED'
  /** The journal cannot be read. */
  | 'ERR_JOURNAL'
  /** The threads or processes that download died, and no new ones could be started. */
  | 'ERR_WORKERS'

/** A run cannot begin or go on; what was done until then is kept and recorded. */
export class RunError extends Error {
  override readonly name = 'RunError'
  readonly code: RunErrorCode

  constructor(code: RunErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options)
    this.code = code
  }
}
