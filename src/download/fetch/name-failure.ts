/** From the errors of sockets, DNS, TLS and, with HTTP/2, of undici to ours. */
import { DownloadError, type FailureCode } from '../errors.js'

/** How far an exchange came: no connection yet, sent, first bytes of an answer there, head read. */
export type Progress = 'waiting' | 'sent' | 'answering' | 'body'

/** Codes whose meaning does not depend on how far things came. */
const CODES: Readonly<Record<string, FailureCode>> = {
  ENOTFOUND: 'DNS_NOT_FOUND',
  ENODATA: 'DNS_NOT_FOUND',
  EAI_AGAIN: 'DNS_FAILED',
  EAI_FAIL: 'DNS_FAILED',
  EAI_MEMORY: 'DNS_FAILED',
  EAI_NODATA: 'DNS_NOT_FOUND',
  EAI_NONAME: 'DNS_NOT_FOUND',
  ESERVFAIL: 'DNS_FAILED',
  ETIMEOUT: 'DNS_FAILED',
  ECONNREFUSED: 'CONNECT_REFUSED',
  EMFILE: 'EMFILE',
  ENFILE: 'EMFILE',
  UND_ERR_CONNECT_TIMEOUT: 'TIMEOUT_CONNECT',
  UND_ERR_HEADERS_TIMEOUT: 'TIMEOUT_HEADERS',
  UND_ERR_BODY_TIMEOUT: 'TIMEOUT_STALL',
  UND_ERR_HEADERS_OVERFLOW: 'HEADERS_TOO_LARGE',
  UND_ERR_INVALID_ARG: 'INVALID_HEADER',
  UND_ERR_DESTROYED: 'STOPPED',
  UND_ERR_CLOSED: 'STOPPED',
}

/** Of OpenSSL and of Node.js; the rest of them begin with ERR_TLS_ or ERR_SSL_. */
const TLS_CODES: ReadonlySet<string> = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'EPROTO',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

const isTls = (code: string): boolean => TLS_CODES.has(code) || code.startsWith('ERR_TLS_') || code.startsWith('ERR_SSL_')

/** @param received bytes of the body so far @param announced its Content-Length */
export function nameFailure(error: unknown, progress: Progress, received: number, announced: number | undefined): DownloadError {
  if (error instanceof DownloadError) return error
  const { code: said, name, message: told } = (error ?? {}) as Partial<NodeJS.ErrnoException>
  // OpenSSL writes several lines.
  const message = told?.replaceAll(/\s+/g, ' ').trim()
  const code = said ?? ''
  const named = CODES[code] ?? (isTls(code) ? 'TLS_FAILED' : undefined)
  const make = (failure: FailureCode, text: string): DownloadError => new DownloadError(failure, text, { cause: error })
  if (named !== undefined) return make(named, message ?? code)
  switch (progress) {
    case 'waiting':
      return make(code === 'ETIMEDOUT' ? 'TIMEOUT_CONNECT' : 'CONNECT_FAILED', message ?? code)
    case 'sent':
    case 'answering':
      // A wrong Content-Length in a head that is no HTTP either is reported as the length being wrong.
      return name === 'HTTPParserError' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || message?.startsWith('bad ') === true
        ? make('BAD_RESPONSE', message ?? 'the answer is not HTTP')
        : make('RESET', `the connection ended before the answer: ${message ?? code}`)
    case 'body':
      return announced !== undefined && received > announced
        ? make('LENGTH_MISMATCH', `more than the ${announced} bytes that were announced`)
        : name === 'HTTPParserError' && message?.includes('Invalid EOF') !== true
          ? make('BAD_RESPONSE', message ?? 'the body is not HTTP')
          : make('TRUNCATED', `the connection ended after ${received} of ${announced ?? 'an unknown number of'} bytes`)
  }
}

/** Whether a connection just ended, as one does that was kept for too long: nothing is wrong with the request. */
export function connectionEnded(error: unknown): boolean {
  const { code } = (error ?? {}) as Partial<NodeJS.ErrnoException>
  return (
    code === 'CLOSED_BY_PEER' ||
    code === 'UND_ERR_SOCKET' ||
    code === 'RESET_BY_PEER' ||
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === 'UND_ERR_INFO'
  )
}
