/** HttpFetcher: the fetcher that really connects. Made by `openFetcher`, which reads the files. */
import type { LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { performance } from 'node:perf_hooks'
import { DownloadError, RunError } from '../errors.js'
import { type Admits, isPublicAddress } from './address-guard.js'
import { Connections, type NewLines } from './connections.js'
import { type AddressesOf, portOf } from './dial.js'
import type { Cookies } from './cookies.js'
import type { StopSignal } from '../../futures/index.js'
import type { Fetcher, FetchRequest, FetchResult, Receiver } from './fetcher.js'
import type { Netrc } from './netrc.js'
import type { Proxied } from './proxied.js'
import { RateLimit } from './rate-limit.js'
import { runHeaders } from './request-headers.js'
import { parseFixed } from './resolve/fixed-addresses.js'
import { Resolver } from './resolve/resolver.js'
import type { FetchSettings } from './settings.js'
import type { TlsFiles } from './tls.js'
import { type Shared, Transfer } from './transfer.js'
import { tickFor, Watch } from './watch.js'

/** What some settings ask for beside the connections: mostly in files, which are read already. */
export interface FetcherExtras extends TlsFiles {
  readonly netrc?: Netrc
  readonly cookies?: Cookies
  readonly proxied?: Proxied
  /** Lines that speak HTTP/2. */
  readonly http2?: NewLines
}

/** What a fetcher takes from the world around it; tests hand in their own. */
export interface FetcherParts {
  /** ms, monotonic. @default performance.now */
  readonly now?: () => number
  /** ms since 1970. @default Date.now */
  readonly date?: () => number
  /** Resolves names of hosts, all of them. @default a {@link Resolver} */
  readonly lookup?: LookupFunction
  /** Which addresses belong to the public internet. @default isPublicAddress */
  readonly isPublic?: Admits
}

/** See {@link Fetcher} for what it promises. It reads no environment: `settings.proxy` undefined means none. */
export class HttpFetcher implements Fetcher {
  readonly #shared: Shared
  readonly #resolver: Resolver
  #closed: Promise<void> | undefined

  /** @throws RunError ERR_OPTIONS for certificates that cannot be used */
  constructor(settings: FetchSettings, extras: FetcherExtras = {}, parts: FetcherParts = {}) {
    const { now = () => performance.now(), date = () => Date.now(), lookup, isPublic = isPublicAddress } = parts
    const { netrc, cookies, proxied, http2 } = extras
    const fixed = settings.resolve?.map(parseFixed).filter((one) => one !== undefined)
    this.#resolver = new Resolver({ now, servers: settings.dnsServers, fixed })
    this.#shared = {
      settings,
      connections: new Connections({
        connectTimeout: settings.connectTimeout,
        connectionsPerOrigin: settings.connectionsPerOrigin,
        http2,
        insecure: settings.insecure,
        tlsFiles: extras,
        proxied,
        addressesOf: lookup === undefined ? (host, port, done) => this.#resolver.resolve(host, port, done) : askedOf(lookup),
        isPublic,
        readsMuch: settings.limitRate === 0,
        now,
      }),
      credentials: {
        run: runHeaders(settings),
        netrc,
        cookies: cookies === undefined ? undefined : (url) => cookies.valueFor(url),
      },
      cookies,
      watch: new Watch(now, tickFor([settings.headersTimeout, settings.stallTimeout, settings.timeout])),
      rate: new RateLimit(settings.limitRate, now),
      now,
      date,
    }
  }

  fetch(request: FetchRequest, receiver: Receiver, signal?: StopSignal): Promise<FetchResult> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true || this.#closed !== undefined) throw new DownloadError('STOPPED', 'the download was stopped')
      new Transfer(this.#shared, request, receiver, signal, resolve, reject).start()
    })
  }

  prefetch(origin: string): void {
    const url = new URL(origin)
    // A proxy looks up the names itself.
    if (this.#shared.connections.isDirect(url)) this.#resolver.prefetch(url.hostname, portOf(url))
  }

  /** Writes the cookie file of the settings anew, with what servers set meanwhile; readable by its owner alone. @throws RunError */
  saveCookies(): void {
    const { cookies, settings, date } = this.#shared
    if (cookies === undefined || settings.cookieJar === undefined)
      throw new RunError('ERR_OPTIONS', 'There is no cookie file to write.')
    cookies.save(settings.cookieJar, date())
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const { watch, connections } = this.#shared
    for (const transfer of watch.all) (transfer as Transfer).stop()
    watch.close()
    this.#resolver.close()
    await connections.close()
  }
}

function askedOf(lookup: LookupFunction): AddressesOf {
  return (host, _port, done) => {
    const family = isIP(host)
    if (family !== 0) done(null, [{ address: host, family }])
    else lookup(host, { all: true }, (error, found) => done(error, error === null ? (found as unknown as LookupAddress[]) : []))
  }
}
