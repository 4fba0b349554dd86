/** What tests of fetching share: settings, a fetcher that is closed with the test, a receiver that keeps everything. */
import type { DownloadError } from '../../src/download/errors.js'
import type { Receiver, ResponseHead } from '../../src/download/fetch/fetcher.js'
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

/** A receiver that keeps what it is given. */
export interface Kept extends Receiver {
  readonly heads: ResponseHead[]
  readonly chunks: Uint8Array[]
  readonly size: number
  text(): string
  bytes(): Buffer
}

export function keeping(): Kept {
  const heads: ResponseHead[] = []
  const chunks: Uint8Array[] = []
  return {
    heads,
    chunks,
    head(head) {
      heads.push(head)
    },
    chunk(chunk) {
      chunks.push(Uint8Array.from(chunk))
    },
    get size() {
      return chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    },
    bytes: () => Buffer.concat(chunks),
    text: () => Buffer.concat(chunks).toString('latin1'),
  }
}

/** The error a promise is rejected with; fails if it is resolved. */
export async function failureOf(promise: Promise<unknown>): Promise<DownloadError> {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error as DownloadError
  }
  throw new Error(`expected a rejection, got ${JSON.stringify(value)}`)
}

/** Its code alone. */
export const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const failure: Error & { code?: string } = await failureOf(promise)
  return failure.name === 'DownloadError' && failure.code !== undefined ? failure.code : `${failure.name}: ${failure.message}`
}
