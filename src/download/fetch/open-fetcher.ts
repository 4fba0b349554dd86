/**
 * Opens the fetcher: reads the files its settings name, and loads what it takes to follow them only now: a run without a request does not pay for
 * it, nor one without a cookie file for the list of public suffixes, nor one without `--http2` for undici.
 */
import { readFileSync } from 'node:fs'
import { RunError } from '../errors.js'
import type { FetchSettings } from './settings.js'
import type { FetcherExtras, FetcherParts, HttpFetcher } from './http-fetcher.js'

/** @throws RunError ERR_OPTIONS for settings or files that cannot be used */
export async function openFetcher(settings: FetchSettings, parts: FetcherParts = {}): Promise<HttpFetcher> {
  const extras: { -readonly [name in keyof FetcherExtras]: FetcherExtras[name] } = {}
  const { netrcFile, cookieJar, caCert, cert, key, proxy } = settings
  if (netrcFile !== undefined) {
    const text = read('netrc', netrcFile)
    extras.netrc = (await import('./netrc.js')).parseNetrc(text, netrcFile)
  }
  if (cookieJar !== undefined) {
    const text = read('cookieJar', cookieJar, 'may be missing')
    const { Cookies } = await import('./cookies.js')
    extras.cookies = new Cookies(text, cookieJar, (parts.date ?? Date.now)())
  }
  if (caCert !== undefined) extras.caCert = read('caCert', caCert)
  if (cert !== undefined) extras.cert = read('cert', cert)
  if (key !== undefined) extras.key = read('key', key)
  if (proxy !== undefined && proxy !== '') extras.proxied = (await import('./proxied.js')).readProxied(proxy, settings.noProxy)
  if (settings.http2) extras.http2 = (await import('./http2/undici-lines.js')).UndiciLines
  const { HttpFetcher: Opened } = await import('./http-fetcher.js')
  return new Opened(settings, extras, parts)
}

function read(option: string, file: string, missing?: 'may be missing'): string {
  try {
    return readFileSync(file, option === 'cookieJar' ? 'latin1' : 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && missing !== undefined) return ''
    throw new RunError('ERR_OPTIONS', `The file of \`${option}\` cannot be read: ${message}.`, { cause: error })
  }
}
