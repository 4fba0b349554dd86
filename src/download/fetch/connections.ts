/**
 * Connections: pools of them, kept apart by everything that must not be mixed: the way (direct, through the proxy), the policy for
 * addresses, and whether the client certificate may be shown. A connection opened under one of these is never used under another.
 */
import type { Agent, buildConnector, Dispatcher, Pool } from 'undici'
import { type Admits, addressRefused, looksPublic } from './address-guard.js'
import { type AddressesOf, type Attempt, type Dial, directDial, withTimeout } from './dial.js'
import type { Exchange } from './exchange.js'
import { Line } from './line.js'
import { OpenLines } from './open-lines.js'
import type { Proxied } from './proxied.js'
import type { Proxy } from './proxy.js'
import type { HeaderList } from './request-headers.js'
import { type TlsFiles, tlsOptions } from './tls.js'
import { undici } from './undici.js'
import { basic } from './userinfo.js'

/** Bytes of names and values in one head. */
export const MAX_HEADER_SIZE = 64 * 1024

export interface ConnectionSettings {
  readonly connectTimeout: number
  readonly connectionsPerOrigin: number
  readonly http2: boolean
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
  readonly #agents = new Map<number, Agent>()
  readonly #dialling = new Set<Attempt>()
  readonly #lines = new OpenLines()
  #closed = false

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
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
    // undici takes the list as it is and does not change it.
    const list = headers as string[]
    const agent = this.#agent(way, terms)
    if (way !== 'forward') agent.dispatch({ origin, path, method: 'GET', headers: list }, exchange)
    else {
      const { proxy } = this.#settings.proxied as Proxied
      const request: Dispatcher.DispatchOptions & { servername: string } = {
        origin: proxy.origin,
        path: `${origin}${path}`,
        method: 'GET',
        headers: forwardHeaders(url, list, proxy),
        servername: proxy.hostname,
      }
      agent.dispatch(request, exchange)
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
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()))
  }

  /** Through an HTTP proxy, http is forwarded as it is and https goes through a tunnel; through SOCKS5, everything through a tunnel. */
  #way(url: URL): Way {
    const { proxied } = this.#settings
    if (proxied === undefined || proxied.without(url)) return 'direct'
    return proxied.proxy.kind === 'http' && url.protocol === 'http:' ? 'forward' : 'tunnel'
  }

  #agent(way: Way, { publicOnly, certificate }: Terms): Agent {
    const key = WAYS.indexOf(way) * 4 + (publicOnly ? 2 : 0) + (certificate ? 1 : 0)
    let agent = this.#agents.get(key)
    if (agent === undefined) {
      agent = this.#open(way, publicOnly, certificate)
      if (this.#closed) void agent.destroy()
      this.#agents.set(key, agent)
    }
    return agent
  }

  #open(way: Way, publicOnly: boolean, certificate: boolean): Agent {
    const { connectTimeout, connectionsPerOrigin, http2, now } = this.#settings
    const dial = withTimeout(this.#dial(way, publicOnly, certificate), connectTimeout, this.#dialling)
    return new undici.Agent({
      connections: connectionsPerOrigin,
      allowH2: http2,
      maxHeaderSize: MAX_HEADER_SIZE,
      // Our own watch knows these limits more exactly, and over HTTP/2 and redirects as well.
      headersTimeout: 0,
      bodyTimeout: 0,
      factory: (origin, options) =>
        new undici.Pool(origin, {
          ...(options as Pool.Options),
          connect: unused,
          factory: (to, lineOptions) => new Line(to, lineOptions, dial, this.#lines, now),
        }),
    })
  }

  #dial(way: Way, publicOnly: boolean, certificate: boolean): Dial {
    const { proxied, tlsFiles, insecure, http2, addressesOf, isPublic, readsMuch } = this.#settings
    const tls = tlsOptions(tlsFiles, insecure, certificate)
    if (proxied === undefined || way === 'direct')
      return directDial({ tls, http2, addressesOf, admits: publicOnly ? isPublic : undefined, readsMuch })
    // The proxy is the user's own choice: it may stand anywhere. It is shown no client certificate.
    const toProxy = directDial({ tls: tlsOptions(tlsFiles, insecure, false), http2: false, addressesOf, admits: undefined })
    return way === 'forward' ? proxied.forward(toProxy) : proxied.tunnel(toProxy, tls, http2)
  }
}

/** Lines dial by themselves. Without this each pool would make a connector of its own, which costs as much as a small file. */
const unused: buildConnector.connector = () => undefined

/** A proxy is told the host, and who we are to it; nobody else ever is. */
function forwardHeaders(url: URL, list: readonly string[], { username, password }: Proxy): string[] {
  const login = username === '' ? [] : ['proxy-authorization', basic(username, password)]
  return [...(list.includes('host') ? [] : ['host', url.host]), ...login, ...list]
}
