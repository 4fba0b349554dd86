/** Proxied: all it takes to connect through a proxy. Loaded only where there is one. */
import type { Dial } from './dial.js'
import { type Proxy, readNoProxy, readProxy } from './proxy.js'
import { socksDial } from './socks5.js'
import type { TlsOptions } from './tls.js'
import { proxyFailure, tunnelDial } from './tunnel.js'

export interface Proxied {
  readonly proxy: Proxy
  /** Which hosts are requested without it. */
  readonly without: (url: URL) => boolean
  /** Connections to the proxy itself, for requests that it reads and sends on. */
  forward(toProxy: Dial): Dial
  /** Connections through it, to the target. */
  tunnel(toProxy: Dial, tls: TlsOptions, http2: boolean): Dial
}

/** @throws RunError ERR_OPTIONS */
export function readProxied(text: string, noProxy: string | undefined): Proxied {
  const proxy = readProxy(text)
  const through = proxy.kind === 'socks5' ? socksDial : tunnelDial
  return {
    proxy,
    without: readNoProxy(noProxy),
    forward: (toProxy) => (target, done) => toProxy(target, (error, socket) => done(proxyFailure(proxy, error), socket)),
    tunnel: (toProxy, tls, http2) => through(proxy, toProxy, tls, http2),
  }
}
