/**
 * What is asked for, checked: the one place where a URL is parsed, for lists, command line and library alike. One WHATWG parser decides
 * which host is meant, and everything behind it (log, schedule, connection) sees only the result.
 */
import type { FailureCode } from './errors.js'
import { checkHeaders } from './job-headers.js'
import { normalHash } from './job-hash.js'
import type { Job, JobInput, Known } from './job.js'
import type { LineProblem } from './line-problem.js'
import { printable } from '../text/index.js'

/** A job without what the run adds: its id, its file, and what is known of it. */
export interface MadeJob extends Omit<Job, 'id' | 'file' | 'known'> {
  readonly ok: true
  /** As the list has it: not empty, no control characters, otherwise not clean. */
  readonly name?: string
}

export type MakeJobResult = MadeJob | { readonly ok: false; readonly problem: LineProblem }

/** Characters of a URL; more than any server takes. */
const MAX_URL = 65_536

/** Checks one input. Never throws: what is wrong with a line is a value. */
export function makeJob(input: JobInput): MakeJobResult {
  const url = requestUrl(input.url)
  if (typeof url !== 'string') return { ok: false, problem: url }
  const { name, hash, size, mirrors, headers } = input
  // The many lines that are a URL and nothing else.
  if (name === undefined && hash === undefined && size === undefined && mirrors === undefined && headers === undefined) {
    return { ok: true, url }
  }
  const extras = checkExtras(input, url)
  return 'code' in extras ? { ok: false, problem: extras } : { ok: true, url, ...extras }
}

/** The whole job. Field by field: what is left of a spread object is slow to read, and a job is read often. */
export function jobOf({ url, hash, size, mirrors, headers }: MadeJob, id: number, file: string, known: Known | undefined): Job {
  const job: { -readonly [name in keyof Job]: Job[name] } = { id, url, file }
  if (hash !== undefined) job.hash = hash
  if (size !== undefined) job.size = size
  if (mirrors !== undefined) job.mirrors = mirrors
  if (headers !== undefined) job.headers = headers
  if (known !== undefined) job.known = known
  return job
}

type Extras = Omit<MadeJob, 'ok' | 'url'>

function checkExtras({ name, hash, size, mirrors, headers }: JobInput, url: string): Extras | LineProblem {
  if (name !== undefined && hasControl(name)) return problem('INVALID_BYTES', `a control character in the name`)
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) {
    return problem('INVALID_ROW', `the size is not a number of bytes: ${String(size)}`)
  }
  const normal = hash === undefined || hash === '' ? undefined : normalHash(hash)
  if (normal === null) return problem('INVALID_HASH', 'the checksum is not ALG:HEX, such as sha256: and 64 hex digits')
  const others = mirrors === undefined ? [] : mirrorUrls(mirrors, url)
  if (!Array.isArray(others)) return others
  const sent = headers === undefined ? undefined : checkHeaders(headers)
  if (sent !== undefined && 'problem' in sent) return sent.problem
  return {
    ...(name === undefined || name === '' ? {} : { name }),
    ...(normal === undefined ? {} : { hash: normal }),
    ...(size === undefined ? {} : { size }),
    ...(others.length === 0 ? {} : { mirrors: others }),
    ...(sent === undefined ? {} : { headers: sent.headers }),
  }
}

function mirrorUrls(mirrors: readonly string[], url: string): string[] | LineProblem {
  const seen = new Set([url])
  for (const [index, mirror] of mirrors.entries()) {
    const checked = requestUrl(mirror)
    if (typeof checked !== 'string') return problem(checked.code, `mirror ${String(index + 1)}: ${checked.message}`)
    seen.add(checked)
  }
  return [...seen].slice(1)
}

const notPlain = /[^ -~]/
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f]/
const brokenText = /\ufffd|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

const hasControl = (text: string): boolean => notPlain.test(text) && control.test(text)

const problem = (code: FailureCode, message: string): LineProblem => ({ code, message })

/** The URL as it will be requested. */
function requestUrl(written: string): string | LineProblem {
  // Before the parser sees it: it drops tabs and line breaks, so that `http://a\r\n.b` would become another host.
  if (notPlain.test(written)) {
    if (control.test(written)) return problem('INVALID_BYTES', controlMessage(written))
    if (brokenText.test(written)) return problem('INVALID_ENCODING', 'characters in the URL that were lost in a conversion')
  }
  if (written.length > MAX_URL) return problem('INVALID_LONG', 'the URL is longer than 64 KB')
  let href
  try {
    ;({ href } = new URL(written))
  } catch {
    return unparsable(written)
  }
  if (!href.startsWith('http://') && !href.startsWith('https://')) return otherScheme(written, href)
  const fragment = href.indexOf('#')
  return fragment === -1 ? href : href.slice(0, fragment)
}

function controlMessage(written: string): string {
  if (written.includes('\0')) return 'a NUL byte in the URL'
  if (written.includes('\r')) return 'a CR in the URL: lines end in LF or CRLF; convert the list with tr "\\r" "\\n"'
  return 'a line break or another control character in the URL'
}

const hasScheme = /^\s*[a-z][a-z0-9+.-]*:/i

function unparsable(written: string): LineProblem {
  if (written.trim() === '') return problem('INVALID_URL', 'the URL is empty')
  if (!hasScheme.test(written)) return problem('INVALID_URL', 'not an absolute URL: write https:// before it')
  return problem('INVALID_URL', 'not a URL: check host and port')
}

/** `host:8080/x` and `user:password@host` are read as a scheme by the standard, and never meant so. */
const schemeForgotten = /^\s*[^/?#]*:(?:\d{1,5}(?:[/?#]|$)|(?!\/\/)[^/]*@)/

function otherScheme(written: string, href: string): LineProblem {
  if (schemeForgotten.test(written) && !/^\s*mailto:/i.test(written)) {
    return problem('INVALID_URL', 'not an absolute URL: write https:// before it')
  }
  const scheme = printable(href.slice(0, href.indexOf(':')).slice(0, 30), '\ufffd')
  return problem('INVALID_SCHEME', `the scheme ${scheme}: only http and https are downloaded`)
}
