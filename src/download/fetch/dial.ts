/** Dial: makes a connection to a host, directly. */
import type { LookupFunction, Socket } from 'node:net'
import { isIP } from 'node:net'
import { buildConnector } from 'undici'
import { DownloadError } from '../errors.js'
import { type Admits, addressRefused, guardedLookup } from './address-guard.js'
import type { TlsOptions } from './tls.js'

/** Where to, as undici says it. `hostname` has no brackets; an empty port is the usual one. */
export type Target = buildConnector.Options
export type Dialled = (error: Error | null, socket: Socket | null) => void

/** An attempt that can be given up. */
export interface Attempt {
  destroy(): void
}

/** Makes a connection, TLS included where the protocol of the target is https:, and calls back once. */
export type Dial = (target: Target, done: Dialled) => Attempt

export interface DialOptions {
  readonly tls: TlsOptions
  readonly http2: boolean
  readonly lookup: LookupFunction | undefined
  /** Judges literals, answers to a lookup, and once more what the socket says after connecting. Undefined: everything is admitted. */
  readonly admits: Admits | undefined
}

/** Connects by TCP, and by TLS in it. */
export function directDial({ tls, http2, lookup, admits }: DialOptions): Dial {
  const connect = connector(tls, http2, admits === undefined ? lookup : guardedLookup(admits, lookup))
  return (target, done) => {
    // A literal is never looked up.
    if (admits !== undefined && isIP(target.hostname) !== 0 && !admits(target.hostname)) {
      done(addressRefused(target.hostname, target.hostname), null)
      return { destroy: () => undefined }
    }
    return connect(target, (error, socket) => {
      const address = socket?.remoteAddress
      if (admits !== undefined && socket !== null && (address === undefined || !admits(address))) {
        socket.destroy()
        done(addressRefused(target.hostname, address ?? 'nowhere'), null)
      } else done(error, socket)
    })
  }
}

/** Speaks TLS over a connection that leads to the target already. */
export function secure(target: Target, socket: Socket, tls: TlsOptions, http2: boolean, done: Dialled): Attempt {
  return connector(tls, http2, undefined)({ ...target, httpSocket: socket }, done)
}

/** undici's connector with its types put right: it does return the socket. Its own timer, exact to half a second, is off. */
function connector({ rejectUnauthorized, secureContext }: TlsOptions, http2: boolean, lookup: LookupFunction | undefined): Dial {
  const connect = buildConnector({
    timeout: 0,
    allowH2: http2,
    rejectUnauthorized,
    ...(secureContext === undefined ? {} : { secureContext }),
    ...(lookup === undefined ? {} : { lookup }),
  })
  return (target, done) => {
    // What its types call null is undefined after an error.
    const connected: Dialled = (error, socket) => done(error, socket ?? null)
    return connect(target, connected) as unknown as Socket
  }
}

/**
 * The same, but given up after `timeout` ms: name, connection, proxy and TLS together.
 *
 * @param pending has every attempt for as long as it lasts, so that all can be given up
 */
export function withTimeout(dial: Dial, timeout: number, pending: Set<Attempt>): Dial {
  return (target, done) => {
    let inner: Attempt | undefined
    let timer: NodeJS.Timeout | undefined
    const outer: Attempt = {
      destroy: () => {
        end()
        inner?.destroy()
      },
    }
    /** @returns false if it had ended before */
    const end = (): boolean => {
      clearTimeout(timer)
      return pending.delete(outer)
    }
    const giveUp = (): void => {
      const host = target.host ?? target.hostname
      if (end()) done(new DownloadError('TIMEOUT_CONNECT', `no connection to ${host} within ${timeout} ms`), null)
      inner?.destroy()
    }
    pending.add(outer)
    if (timeout > 0) timer = setTimeout(giveUp, timeout)
    inner = dial(target, (error, socket) => {
      if (end()) done(error, socket)
      else socket?.destroy()
    })
    return outer
  }
}
