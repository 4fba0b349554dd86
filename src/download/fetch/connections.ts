/**
 * Connections: pools of them, kept apart by everything that must not be mixed: the way (direct, through the proxy), the policy for
 * addresses, and whether the client certificate may be shown. A connection opened under one of these is never used under another.
 */
import { type Admits, addressRefused, looksPublic } from './address-guard.js'
import { type AddressesOf, type Attempt, type Dial, directDial, withTimeout } from './dial.js'
import type { Exchange } from './exchange.js'
import { Http1Lines } from './http1/http1-lines.js'
import type { Lines } from './lines.js'
import { OpenLines } from './open-lines.js'
import type { Proxied } from './proxied.js'
import type { Proxy } from './proxy.js'
import { PublicNames } from './public-names.js'
import type { HeaderList } from './request-headers.js'
import { type TlsFiles, tlsOptions } from './tls.js'
import { basic } from './userinfo.js'

/** Makes lines; see the constructor of `Http1Lines`. */
export type NewLines = new (dial: Dial, perOrigin: number, open: OpenLines, now: () => number) => Lines

export interface ConnectionSettings {
  readonly connectTimeout: number
  readonly connectionsPerOrigin: number
  /** Lines that speak HTTP/2 too, where that is wanted. */
  readonly http2: NewLines | undefined
  readonly insecure: boolean
  readonly tlsFiles: TlsFiles
  readonly proxied: Proxied | undefined
  readonly addressesOf: AddressesOf
  readonly isPublic: Admits
  /** Whether to read much at once; not where bytes are to trickle in. */
  readonly readsMuch: boolean
  /** ms, monotonic. */
  readonly now: () => number
}

/** What one request demands of its connection. */
export interface Terms {
  /** It must lead to a public address. */
  readonly publicOnly: boolean
  /** The client certificate may be shown there. */
  readonly certificate: boolean
}

const WAYS = ['direct', 'forward', 'tunnel'] as const
type Way = (typeof WAYS)[number]

export class Connections {
  readonly #settings: ConnectionSettings
  readonly #kinds = new Map<number, Lines>()
  readonly #dialling = new Set<Attempt>()
  readonly #open = new OpenLines()
  readonly #publicNames: PublicNames
  #closed = false

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
    this.#publicNames = new PublicNames(settings.isPublic)
    // Reads the certificates now, so that a wrong one is known before the first request.
    tlsOptions(settings.tlsFiles, settings.insecure, true)
  }

  /** Sends a GET to a URL of this origin. Whatever becomes of it, the exchange is told. */
  send(url: URL, origin: string, headers: HeaderList, exchange: Exchange, terms: Terms): void {
    const way = this.#way(url)
    if (way !== 'direct' && terms.publicOnly && !looksPublic(url.hostname)) {
      exchange.onError(addressRefused(url.hostname, url.hostname))
      return
    }
    const path = `${url.pathname}${url.search}`
    const lines = this.#linesOf(way, terms)
    if (way !== 'forward') lines.send({ origin, path, headers }, exchange)
    else {
      const { proxy } = this.#settings.proxied as Proxied
      lines.send({ origin: proxy.origin, path: `${origin}${path}`, headers: forwardHeaders(url, headers, proxy) }, exchange)
    }
  }

  /** Whether a proxy reads the request itself, and so may be the one who answers it. */
  isForwarded(url: URL): boolean {
    return this.#way(url) === 'forward'
  }

  /** Whether no proxy stands between. */
  isDirect(url: URL): boolean {
    return this.#way(url) === 'direct'
  }

  /** Whether the connection of an exchange led to a public address, as far as that can be told. */
  ledToPublic(url: URL, exchange: Exchange): boolean {
    if (this.#way(url) !== 'direct') return looksPublic(url.hostname)
    const address = exchange.wire?.socket?.remoteAddress
    return address === undefined || this.#settings.isPublic(address)
  }

  /** Ends every connection at once. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    for (const attempt of this.#dialling) attempt.destroy()
    await Promise.all([...this.#kinds.values()].map((lines) => lines.destroy()))
  }

  /** Through an HTTP proxy, http is forwarded as it is and https goes through a tunnel; through SOCKS5, everything through a tunnel. */
  #way(url: URL): Way {
    const { proxied } = this.#settings
    if (proxied === undefined || proxied.without(url)) return 'direct'
    return proxied.proxy.kind === 'http' && url.protocol === 'http:' ? 'forward' : 'tunnel'
  }

  #linesOf(way: Way, { publicOnly, certificate }: Terms): Lines {
    const key = WAYS.indexOf(way) * 4 + (publicOnly ? 2 : 0) + (certificate ? 1 : 0)
    let lines = this.#kinds.get(key)
    if (lines === undefined) {
      lines = this.#newLines(way, publicOnly, certificate)
      if (this.#closed) void lines.destroy()
      this.#kinds.set(key, lines)
    }
    return lines
  }

  #newLines(way: Way, publicOnly: boolean, certificate: boolean): Lines {
    const { connectTimeout, connectionsPerOrigin, http2, now } = this.#settings
    const dial = withTimeout(this.#dial(way, publicOnly, certificate), connectTimeout, this.#dialling)
    return new (http2 ?? Http1Lines)(dial, connectionsPerOrigin, this.#open, now)
  }

  #dial(way: Way, publicOnly: boolean, certificate: boolean): Dial {
    const { proxied, tlsFiles, insecure, addressesOf, isPublic, readsMuch } = this.#settings
    const http2 = this.#settings.http2 !== undefined
    const tls = tlsOptions(tlsFiles, insecure, certificate)
    if (proxied === undefined || way === 'direct')
      return directDial({
        tls,
        http2,
        addressesOf,
        admits: publicOnly ? isPublic : undefined,
        publicNames: this.#publicNames,
        readsMuch,
      })
    // The proxy is the user's own choice: it may stand anywhere. It is shown no client certificate.
    const toProxy = directDial({ tls: tlsOptions(tlsFiles, insecure, false), http2: false, addressesOf, admits: undefined })
    return way === 'forward' ? proxied.forward(toProxy) : proxied.tunnel(toProxy, tls, http2)
  }
}

/** A proxy is told the host, and who we are to it; nobody else ever is. */
function forwardHeaders(url: URL, list: HeaderList, { username, password }: Proxy): HeaderList {
  const login = username === '' ? [] : ['proxy-authorization', basic(username, password)]
  return [...(list.includes('host') ? [] : ['host', url.host]), ...login, ...list]
}
