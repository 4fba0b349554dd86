/** The text of a request. */
import { DownloadError } from '../../errors.js'
import type { LineRequest } from '../lines.js'
import type { HeaderList } from '../request-headers.js'

/** The same list for thousands of requests; so its text is made once. */
const texts = new WeakMap<HeaderList, string>()

/**
 * @param host for the header of that name, unless the list has one
 * @throws DownloadError INVALID_HEADER, INVALID_URL: something that would be read as more than one line
 */
export function requestText({ path, headers }: LineRequest, host: string): string {
  // Everything was checked where it came in; this is the last place where a line break could become a second request.
  if (/[^\x21-\x7e\x80-\xff]/.test(path))
    throw new DownloadError('INVALID_URL', 'the address has characters that HTTP does not allow')
  let fields = texts.get(headers)
  if (fields === undefined) {
    fields = fieldsText(headers)
    texts.set(headers, fields)
  }
  const hosted = fields.startsWith('host:') ? '' : `host: ${host}\r\n`
  return `GET ${path} HTTP/1.1\r\n${hosted}${fields}connection: keep-alive\r\n\r\n`
}

/** `host` first, as RFC 9110 (7.2) wishes. */
function fieldsText(headers: HeaderList): string {
  let text = ''
  for (let n = 0; n < headers.length; n += 2) {
    const line = `${headers[n]}: ${headers[n + 1]}`
    if (/[^\t\x20-\x7e\x80-\xff]/.test(line)) throw new DownloadError('INVALID_HEADER', `the header ${headers[n]} cannot be sent`)
    text = headers[n] === 'host' ? `${line}\r\n${text}` : `${text}${line}\r\n`
  }
  return text
}
