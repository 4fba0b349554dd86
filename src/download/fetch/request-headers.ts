/** Headers of a request: which of them go to whom. */
import { DownloadError, RunError } from '../errors.js'
import { isHeaderName, isHeaderValue, isOurHeader } from '../header-rules.js'
import { withoutPadding } from './answer.js'
import { ACCEPT_CODINGS } from './decode.js'
import type { FetchRequest } from './fetcher.js'
import { httpDate } from './retry-after.js'
import type { FetchSettings } from './settings.js'

/**
 * Headers given by the user that may follow a redirect anywhere. Every other one might be a credential (`X-Api-Key`, `Private-Token`, …)
 * and stays with the origin it was given for.
 */
export const HARMLESS_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'dnt',
  'pragma',
  'referer',
  'user-agent',
])

/** What is wrong with a header given by the user; undefined if nothing is. The value is never repeated: it may be a secret. */
export function headerProblem(name: string, value: string): string | undefined {
  if (!isHeaderName(name)) return 'a header name has characters that HTTP does not allow'
  if (!isHeaderValue(value)) return `the header ${name} has a line break, a control character or a character beyond latin1`
  return isOurHeader(name) ? `the header ${name} is set by this program itself` : undefined
}

/** Headers as a flat list: name, value, name, value… */
export type HeaderList = readonly string[]

/** The headers that are the same for all requests of a run. */
export interface RunHeaders {
  /** To the origin that the list names. */
  readonly own: HeaderList
  /** To every other one. */
  readonly foreign: HeaderList
}

/** @throws RunError ERR_OPTIONS for a header that cannot be sent */
export function runHeaders(settings: Pick<FetchSettings, 'headers' | 'userAgent' | 'decode'>): RunHeaders {
  const given = settings.headers.map(([name, value]) => [name.toLowerCase(), withoutPadding(value)] as const)
  for (const [name, value] of given) {
    const problem = headerProblem(name, value)
    if (problem !== undefined) throw new RunError('ERR_OPTIONS', `${problem}.`)
  }
  const names = new Set(given.map(([name]) => name))
  const usual = [
    ['user-agent', settings.userAgent],
    ['accept', '*/*'],
    // Bytes as they are on the server, unless we are to decode them.
    ['accept-encoding', settings.decode ? ACCEPT_CODINGS : 'identity'],
  ].filter(([name]) => !names.has(name as string))
  return {
    own: [...usual, ...given].flat(),
    foreign: [...usual, ...given.filter(([name]) => HARMLESS_HEADERS.has(name))].flat(),
  }
}

/**
 * The run's headers with a job's over them: a job's header replaces all of that name.
 *
 * @throws DownloadError INVALID_HEADER
 */
export function withJobHeaders(run: HeaderList, job: Readonly<Record<string, string>>): HeaderList {
  const own = Object.entries(job).map(([name, value]) => [name.toLowerCase(), withoutPadding(value)] as const)
  for (const [name, value] of own) {
    const problem = headerProblem(name, value)
    if (problem !== undefined) throw new DownloadError('INVALID_HEADER', problem)
  }
  const names = new Set(own.map(([name]) => name))
  return [...without(run, (name) => names.has(name)), ...own.flat()]
}

/** The list without the headers whose name is unwanted. */
export function without(list: HeaderList, unwanted: (name: string) => boolean): string[] {
  const kept: string[] = []
  for (let n = 0; n < list.length; n += 2) {
    if (!unwanted(list[n] as string)) kept.push(list[n] as string, list[n + 1] as string)
  }
  return kept
}

/** The value of a header, undefined if the list does not have it. */
export function valueOf(list: HeaderList, name: string): string | undefined {
  for (let n = 0; n < list.length; n += 2) if (list[n] === name) return list[n + 1]
  return undefined
}

/** Asks for the bytes as they are: positions in a coded file mean nothing to us. */
export const withIdentity = (list: HeaderList): HeaderList => [
  ...without(list, (name) => name === 'accept-encoding'),
  'accept-encoding',
  'identity',
]

/** Headers that ask for the file only if it is no longer the known one. Validators that HTTP does not allow are left out. */
export function conditionHeaders({ etag, lastModified }: NonNullable<FetchRequest['unless']>): HeaderList {
  const conditions: string[] = []
  if (etag !== undefined && /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(etag)) conditions.push('if-none-match', etag)
  if (lastModified !== undefined && httpDate(lastModified) !== undefined) conditions.push('if-modified-since', lastModified)
  return conditions
}
