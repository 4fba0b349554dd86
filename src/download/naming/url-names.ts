/** The names a URL suggests. Split first, decoded after: what was encoded never becomes a separator. */

/** The name of a page that has none, as wget calls it. */
const INDEX = 'index.html'

/** `host:port` as written in the URL, without userinfo. */
export function hostOf(url: string): string {
  const start = url.indexOf('://') + '://'.length
  const authority = url.slice(start, pathStart(url))
  return authority.slice(authority.lastIndexOf('@') + 1)
}

/** What follows the `?`, as written; empty if there is none. */
export function queryOf(url: string): string {
  const hash = url.indexOf('#')
  const text = hash === -1 ? url : url.slice(0, hash)
  const at = text.indexOf('?')
  return at === -1 ? '' : text.slice(at + 1)
}

/** The last segment of the path, decoded, or `index.html` where that is empty. May hold separators that were encoded. */
export function baseOf(url: string): string {
  const path = pathOf(url)
  return decode(path.slice(path.lastIndexOf('/') + 1)) || INDEX
}

/** All segments of the path, decoded, with `/` between them; a separator that was encoded is a `_`. */
export function foldersAndBaseOf(url: string): string {
  const path = pathOf(url)
  const whole = path.endsWith('/') ? path + INDEX : path
  return whole.includes('%') ? whole.split('/').map(decodeName).join('/') : whole
}

const decodeName = (segment: string): string => decode(segment).replaceAll('/', '_')

/** The first character that ends the authority. */
function pathStart(url: string): number {
  const start = url.indexOf('://') + '://'.length
  for (let index = start; index < url.length; index += 1) {
    const character = url[index]
    if (character === '/' || character === '?' || character === '#') return index
  }
  return url.length
}

function pathOf(url: string): string {
  const start = pathStart(url)
  const query = url.indexOf('?', start)
  const hash = url.indexOf('#', start)
  const end = query === -1 || (hash !== -1 && hash < query) ? hash : query
  return end === -1 ? url.slice(start) : url.slice(start, end)
}

const ENCODED = /(?:%[0-9a-f]{2})+/gi

/** Percent-decoding that leaves as it is what is not UTF-8. */
function decode(segment: string): string {
  if (!segment.includes('%')) return segment
  return segment.replace(ENCODED, (bytes) => {
    try {
      return decodeURIComponent(bytes)
    } catch {
      return bytes
    }
  })
}
