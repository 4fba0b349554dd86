/** Which addresses are requested at all. */
import { DownloadError } from '../errors.js'

/**
 * Parses the address of a request, by the same parser that later says which host is connected to.
 *
 * @throws DownloadError INVALID_URL or INVALID_SCHEME
 */
export function requestable(text: string, httpsOnly: boolean): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new DownloadError('INVALID_URL', 'the address is not an absolute URL')
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && !httpsOnly)) return url
  const allowed = httpsOnly ? 'https is' : 'http and https are'
  throw new DownloadError('INVALID_SCHEME', `the scheme ${url.protocol} is not requested; only ${allowed}`)
}
