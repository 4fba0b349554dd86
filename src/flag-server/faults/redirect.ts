import type { Header } from '../header.js'
import { fault, type FaultFamily } from './fault.js'
import { anyBytes, count, type ValueKind } from './value.js'

export interface RedirectFaults {
  /** How many redirects lead to the answer. */
  redirect: number | 'loop' | 'endless'
  /** Status of a redirect. */
  redirectStatus: 300 | 301 | 302 | 303 | 307 | 308
  /** Start of the URL redirected to. */
  redirectTo: string
  /** Value of Location. */
  location: string
}

const hops: ValueKind<RedirectFaults['redirect']> = {
  placeholder: 'N|loop|endless',
  expected: 'a number of redirects from 0 to 1000, loop or endless',
  parse: (text) => (text === 'loop' || text === 'endless' ? text : count({ to: 1000 }).parse(text)),
}

const redirectStatus: ValueKind<RedirectFaults['redirectStatus']> = {
  placeholder: 'STATUS',
  expected: '300, 301, 302, 303, 307 or 308',
  parse: (text) => ([300, 301, 302, 303, 307, 308] as const).find((status) => String(status) === text),
}

export const redirectFaults: FaultFamily<RedirectFaults> = {
  redirect: fault('redirect', hops, {
    role: 'content',
    doc:
      'Redirects so many times before the answer; `loop`: to the same URL for ever; `endless`: to another URL each time, for ever. All other parameters ' +
      'travel along. Redirects keep the pace and show floods of headers and 1xx; all other failures wait for the answer.',
    example: 'redirect=3',
  }),
  redirectStatus: fault('redirectStatus', redirectStatus, {
    role: 'content',
    doc: 'The status of the redirects. Default 302.',
    example: 'redirect=1&redirect-status=308',
  }),
  redirectTo: fault('redirectTo', anyBytes, {
    role: 'content',
    doc: 'What stands before the path in Location: another scheme, host or port. Default nothing: the same server.',
    example: 'redirect=1&redirect-to=http://127.0.0.1:9',
  }),
  location: fault('location', anyBytes, {
    role: 'content',
    doc: 'Redirects once, to exactly this: any scheme, any bytes, line ends too.',
    example: 'location=file:///etc/passwd',
  }),
}

/** A redirect to be answered instead of content. */
export interface Redirect {
  readonly status: number
  readonly headers: readonly Header[]
}

/** The redirect that the faults ask for at this URL, if any. */
export function redirectOf(faults: Partial<RedirectFaults>, url: string): Redirect | undefined {
  const status = faults.redirectStatus ?? 302
  if (faults.location !== undefined) return { status, headers: [['Location', faults.location]] }
  if (faults.redirect === undefined || faults.redirect === 0) return undefined
  return { status, headers: [['Location', (faults.redirectTo ?? '') + nextUrl(faults.redirect, url)]] }
}

function nextUrl(redirect: RedirectFaults['redirect'], url: string): string {
  if (redirect === 'loop') return url
  if (typeof redirect === 'number') return withParameter(url, 'redirect', String(redirect - 1))
  const hop = Number(/[?&]key=hop-(\d{1,15})(?:&|$)/.exec(url)?.[1] ?? 0)
  return withParameter(url, 'key', `hop-${hop + 1}`)
}

/** Replaces one parameter and leaves the others as they were spelled. */
function withParameter(url: string, name: string, value: string): string {
  const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(url) ?? []
  const others = query.split('&').filter((pair) => pair !== '' && !pair.startsWith(`${name}=`))
  return `${path}?${[...others, `${name}=${value}`].join('&')}`
}
