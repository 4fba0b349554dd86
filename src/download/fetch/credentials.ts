/**
 * Credentials: who is told what, decided anew for every hop.
 *
 * - headers of the run that are not harmless, headers of the job, and userinfo of the URL go to the origin (scheme, host and port) of the
 *   URL that was asked for, and to no other. A chain of redirects that comes back to that origin gets them again: it is the same origin.
 *   To a mirror of another origin than the line has, nothing of the run goes, as if the line had redirected there; its own userinfo does;
 * - netrc is looked up for each hop by its exact host. Its `default` entry is only for hosts that the list names; nothing of it is sent
 *   over http after https;
 * - cookies go where the jar says; there is never a Referer that the user did not give.
 */
import type { Netrc } from './netrc.js'
import { type HeaderList, type RunHeaders, valueOf, without, withJobHeaders } from './request-headers.js'
import { basic, decoded } from './userinfo.js'

export interface CredentialSources {
  readonly run: RunHeaders
  readonly netrc: Netrc | undefined
  /** The value of Cookie for a URL; undefined for none. */
  readonly cookies: ((url: URL) => string | undefined) | undefined
}

/**
 * Headers for one hop, credentials included. The same array for every plain request: it must not be changed.
 *
 * @param hop what is asked now, without userinfo
 * @param first the URL of the list, or its mirror, that was asked first; userinfo is in it, and for its origin
 * @param own whether the hop is of the origin of the line, which a mirror need not be
 * @param headers of the job
 * @throws DownloadError INVALID_HEADER
 */
export function headersFor(
  hop: URL,
  first: URL,
  own: boolean,
  headers: Readonly<Record<string, string>> | undefined,
  { run, netrc, cookies }: CredentialSources,
): HeaderList {
  let list = own ? run.own : run.foreign
  if (own && headers !== undefined) list = withJobHeaders(list, headers)
  if (first.username !== '' && hop.origin === first.origin)
    list = login(list, decoded(first.username), decoded(first.password), first.password !== '', hop, netrc)
  else if (netrc !== undefined) list = fromNetrc(list, hop, first, own, netrc)
  return cookies === undefined ? list : withCookies(list, cookies(hop))
}

/** Userinfo. Where it has no password, netrc may know it. A header Authorization given by the user wins. */
function login(list: HeaderList, username: string, password: string, hasPassword: boolean, hop: URL, netrc?: Netrc): HeaderList {
  const known = hasPassword ? undefined : netrc?.forHost(hop.hostname, username)
  return authorized(list, basic(username, known?.password ?? password))
}

function fromNetrc(list: HeaderList, hop: URL, first: URL, own: boolean, netrc: Netrc): HeaderList {
  if (hop.protocol === 'http:' && first.protocol === 'https:') return list
  const entry = netrc.forHost(hop.hostname) ?? (own ? netrc.fallback : undefined)
  return entry === undefined ? list : authorized(list, basic(entry.login, entry.password))
}

const authorized = (list: HeaderList, value: string): HeaderList =>
  valueOf(list, 'authorization') === undefined ? [...list, 'authorization', value] : list

/** One header Cookie, as HTTP/1.1 wants it: what the user gave, then what the jar has. */
function withCookies(list: HeaderList, cookies: string | undefined): HeaderList {
  if (cookies === undefined) return list
  const given = valueOf(list, 'cookie')
  return [...without(list, (name) => name === 'cookie'), 'cookie', given === undefined ? cookies : `${given}; ${cookies}`]
}
