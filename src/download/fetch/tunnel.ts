/** Tunnel: a connection through an HTTP proxy, by CONNECT. */
import type { Socket } from 'node:net'
// By the front door, for it is what gives clients their `connect`. Only runs through a proxy pay for it.
import { Client } from 'undici'
import { DownloadError } from '../errors.js'
import { type Attempt, type Dial, type Dialled, secure, type Target } from './dial.js'
import { MAX_HEAD } from './http1/response-reader.js'
import type { Proxy } from './proxy.js'
import type { TlsOptions } from './tls.js'
import { basic } from './userinfo.js'

/**
 * @param toProxy connects to the proxy
 * @param tls for the target; the proxy's own is in `toProxy`
 */
export function tunnelDial(proxy: Proxy, toProxy: Dial, tls: TlsOptions, http2: boolean): Dial {
  const login = proxy.username === '' ? {} : { 'proxy-authorization': basic(proxy.username, proxy.password) }
  return (target, done) => {
    const authority = authorityOf(target)
    let attempt: Attempt | undefined
    // One client for one CONNECT: its parser reads the proxy's answer with all its limits, and then lets the socket go.
    const client = new Client(proxy.origin, {
      maxHeaderSize: MAX_HEAD,
      headersTimeout: 0,
      connect: (to, connected) => {
        attempt = toProxy(to, (error, socket) => (connected as Dialled)(proxyFailure(proxy, error), socket))
      },
    })
    client.connect({ path: authority, headers: { host: authority, ...login } }, (error, answer) => {
      const socket = error === null ? (answer.socket as Socket) : undefined
      if (socket === undefined) {
        void client.destroy()
        done(proxyFailure(proxy, error), null)
      } else if (answer.statusCode !== 200) {
        socket.on('error', () => undefined).destroy()
        done(new DownloadError('PROXY_FAILED', `the proxy ${proxy.origin} answered CONNECT with ${answer.statusCode}`), null)
      } else if (target.protocol === 'https:') attempt = secure(target, socket, tls, http2, done)
      else done(null, socket)
    })
    return {
      destroy: () => {
        void client.destroy()
        attempt?.destroy()
      },
    }
  }
}

/** `host:port`, with brackets around IPv6. */
const authorityOf = ({ hostname, port, protocol }: Target): string => {
  const host = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname
  return `${host}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`
}

/** Whatever goes wrong on the way to the proxy, or with it, is the proxy's failure and not the server's. */
export function proxyFailure(proxy: Proxy, error: Error | null): DownloadError | null {
  if (error === null || error instanceof DownloadError) return error
  return new DownloadError('PROXY_FAILED', `the proxy ${proxy.origin}: ${error.message}`, { cause: error })
}
