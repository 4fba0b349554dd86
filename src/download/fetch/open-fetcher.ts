/** Opens the fetcher: reads the files its settings name, and loads undici only now, so that runs without a request do not pay for it. */
import { readFileSync } from 'node:fs'
import { RunError } from '../errors.js'
import type { FetchSettings } from './settings.js'
import type { FetcherFiles, FetcherParts, UndiciFetcher } from './undici-fetcher.js'

/** @throws RunError ERR_OPTIONS for settings or files that cannot be used */
export async function openFetcher(settings: FetchSettings, parts?: FetcherParts): Promise<UndiciFetcher> {
  const files: { -readonly [name in keyof FetcherFiles]: FetcherFiles[name] } = {}
  const { netrcFile, cookieJar, caCert, cert, key } = settings
  if (netrcFile !== undefined) files.netrc = read('--netrc', netrcFile)
  if (cookieJar !== undefined) files.cookies = read('--cookie-jar', cookieJar, 'may be missing')
  if (caCert !== undefined) files.caCert = read('--cacert', caCert)
  if (cert !== undefined) files.cert = read('--cert', cert)
  if (key !== undefined) files.key = read('--key', key)
  const { UndiciFetcher: Opened } = await import('./undici-fetcher.js')
  return new Opened(settings, files, parts)
}

function read(option: string, file: string, missing?: 'may be missing'): string {
  try {
    return readFileSync(file, option === '--cookie-jar' ? 'latin1' : 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && missing !== undefined) return ''
    throw new RunError('ERR_OPTIONS', `The file of ${option} cannot be read: ${message}.`, { cause: error })
  }
}
