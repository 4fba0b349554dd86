/** Where a redirect leads, if it may lead there. */
import { DownloadError } from '../errors.js'
import { printable } from './answer.js'

/** 300 and 304 to 306 are no redirects that anyone could follow. */
export const isRedirect = (status: number): boolean =>
  status === 301 || status === 302 || status === 303 || status === 307 || status === 308

export interface RedirectRules {
  readonly maxRedirects: number
  readonly allowDowngrade: boolean
  readonly httpsOnly: boolean
}

/**
 * The address a Location means, seen from `from`. The fragment is dropped; so is userinfo: where to log in, and as whom, is not for a
 * server to say.
 *
 * @param location latin1 text, so that every byte the server sent is one character
 * @param hops redirects followed so far, without this one
 * @throws DownloadError TOO_MANY_REDIRECTS or REDIRECT_REFUSED
 */
export function nextAddress(location: string, from: URL, hops: number, rules: RedirectRules, http: number): URL {
  const refuse = (why: string): DownloadError =>
    new DownloadError('REDIRECT_REFUSED', `redirect to '${printable(withoutUserinfo(location))}': ${why}`, { http })
  if (hops >= rules.maxRedirects) {
    throw new DownloadError('TOO_MANY_REDIRECTS', `more than ${rules.maxRedirects} redirects`, { http })
  }
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\0-\x1f\x7f]/.test(location)) throw refuse('it holds control characters')
  // Bytes beyond ASCII are sent on as they came, whatever encoding they are in.
  const ascii = location.replaceAll(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`)
  const url = URL.canParse(ascii, from.href) ? new URL(ascii, from.href) : undefined
  if (url === undefined) throw refuse('it is no URL')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse('only http and https are followed')
  if (url.protocol === 'http:' && rules.httpsOnly) throw refuse('only https is allowed')
  if (url.protocol === 'http:' && from.protocol === 'https:' && !rules.allowDowngrade) throw refuse('it leads from https to http')
  url.hash = ''
  url.username = ''
  url.password = ''
  return url
}

const withoutUserinfo = (location: string): string => location.replace(/^([^/?#]*\/\/)[^/?#]*@/, '$1')
