/** The name a server suggests, for those who asked to trust it: Content-Disposition, else where redirects led. */
import type { ResponseHead } from '../fetch/fetcher.js'
import type { Job } from '../job.js'
import { safeName } from '../naming/safe-name.js'
import { baseOf } from '../naming/url-names.js'

/** One clean component, or undefined where the server suggests none. */
export async function serverName(head: ResponseHead, job: Job): Promise<string | undefined> {
  const suggested = head.contentDisposition === undefined ? undefined : await dispositionName(head.contentDisposition)
  const name = suggested ?? redirectName(head.url, job)
  return name === undefined ? undefined : safeName(name)
}

/** `filename*` before `filename`; of a path, in the style of any system, only the last component. */
async function dispositionName(header: string): Promise<string | undefined> {
  const { parse } = await import('content-disposition')
  // Without the extended form too, because only of the plain one the bytes may be raw UTF-8.
  const raw = parse(header, { extended: false }).parameters['filename']
  const name = parse(header).parameters['filename'] ?? raw
  if (name === undefined) return undefined
  const text = name === raw ? utf8OfLatin1(name) : name
  const base = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1).replace(/^[a-z]:/i, '')
  return base === '' || base === '.' || base === '..' ? undefined : base
}

/** Many servers send UTF-8 unannounced; what is valid UTF-8 and not ASCII is nothing else. */
function utf8OfLatin1(text: string): string {
  const bytes = Buffer.from(text, 'latin1')
  // Characters that are not latin1 would be lost.
  if (bytes.toString('latin1') !== text) return text
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return text
  }
}

/** A mirror is no redirect, and a target without a name suggests none. */
function redirectName(url: string, job: Job): string | undefined {
  if (url === job.url || job.mirrors?.includes(url) === true) return undefined
  const [path = ''] = url.split(/[?#]/)
  return path.endsWith('/') ? undefined : baseOf(url)
}
