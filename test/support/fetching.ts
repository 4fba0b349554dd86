/** What tests of fetching share: settings, a fetcher that is closed with the test, and what the contract of fetchers uses. */
import type { FetchSettings } from '../../src/download/fetch/settings.js'
import type { FetcherParts, HttpFetcher } from '../../src/download/fetch/http-fetcher.js'

/** Settings of a run without options, but for limits that no test should ever reach. */
export function fetchSettings(over: Partial<FetchSettings> = {}): FetchSettings {
  return {
    userAgent: 'halyard-test',
    headers: [],
    connectTimeout: 10_000,
    headersTimeout: 20_000,
    stallTimeout: 20_000,
    timeout: 30_000,
    minSpeed: 0,
    maxSize: 0,
    maxRedirects: 10,
    allowDowngrade: false,
    httpsOnly: false,
    decode: false,
    connectionsPerOrigin: 8,
    publicOnly: false,
    insecure: false,
    http2: false,
    limitRate: 0,
    ...over,
  }
}

interface Ending {
  after(end: () => Promise<void>): void
}

/** Opens a fetcher; it is closed when the test ends. */
export async function openedFetcher(
  t: Ending,
  over: Partial<FetchSettings> = {},
  parts: FetcherParts = {},
): Promise<HttpFetcher> {
  const { openFetcher } = (await import(
    new URL('../../../dist/download/fetch/open-fetcher.js', import.meta.url).href
  )) as typeof import('../../src/download/fetch/open-fetcher.js')
  const fetcher = await openFetcher(fetchSettings(over), parts)
  t.after(() => fetcher.close())
  return fetcher
}

export const { codeOf, failureOf, keeping } = (await import(
  new URL('../../../dist/contracts/receiver.js', import.meta.url).href
)) as typeof import('../../src/contracts/receiver.js')
