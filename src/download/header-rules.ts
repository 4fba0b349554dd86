/** Which headers somebody else may set: in a list, with -H, in a request. One answer for all of them. */

/** RFC 9110, 5.6.2: a token. */
export function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)
}

/** RFC 9110, 5.5: visible characters, spaces and tabs; beyond latin1 nothing can be sent. */
export function isHeaderValue(value: string): boolean {
  return !/[^\t\x20-\x7e\x80-\xff]/.test(value)
}

const OURS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Whether this program itself says it: how the message is framed, which host, range or version is meant, who may pass the proxy. A second
 * opinion on it would break the meaning of the answer.
 */
export function isOurHeader(name: string): boolean {
  return OURS.has(name.toLowerCase())
}
