/** Dial: makes a connection to a host, directly. */
import type { LookupAddress } from 'node:dns'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { DownloadError } from '../errors.js'
import { type Admits, addressRefused } from './address-guard.js'
import type { PublicNames } from './public-names.js'
import { race } from './race.js'
import type { Resolved } from './resolve/resolver.js'
import { connectTcp, readingMuch } from './tcp.js'
import type { TlsOptions } from './tls.js'

/** Where to. `hostname` has no brackets; an empty port is the usual one. */
export type Target = buildConnector.Options
export type Dialled = (error: Error | null, socket: Socket | null) => void

/** An attempt that can be given up. */
export interface Attempt {
  destroy(): void
}

/** Finds the addresses of a host; literals too. Calls back once. */
export type AddressesOf = (hostname: string, port: number, done: Resolved) => void

/** Makes a connection, TLS included where the protocol of the target is https:, and calls back once. */
export type Dial = (target: Target, done: Dialled) => Attempt

export interface DialOptions {
  readonly tls: TlsOptions
  readonly http2: boolean
  readonly addressesOf: AddressesOf
  /** Judges every address before it is connected to, and once more what the socket says after. Undefined: everything is admitted. */
  readonly admits: Admits | undefined
  /** Who was reached at a public address: its name may lead to no other any more. */
  readonly publicNames?: PublicNames
  /** Read much at once where much arrives, and without a stream; only where whoever connects reads it, and without TLS. @default false */
  readonly readsMuch?: boolean
}

/**
 * Connects by TCP, and by TLS in it. What is connected to is an address that was judged, never a name: no second look-up comes between, and
 * so none that leads elsewhere ("DNS rebinding").
 */
export function directDial({ tls, http2, addressesOf, admits: always, publicNames, readsMuch = false }: DialOptions): Dial {
  const usual = connector(tls, http2)
  const plain = readsMuch ? readingMuch() : usual
  return (target, done) => {
    const { hostname } = target
    const connect = target.protocol === 'http:' ? plain : usual
    let attempt: Attempt | undefined
    let given = false
    const admits = always ?? publicNames?.judgeOf(hostname)
    const connected: Dialled = (error, socket) => {
      const address = socket?.remoteAddress
      if (admits !== undefined && socket !== null && (address === undefined || !admits(address))) {
        socket.destroy()
        done(addressRefused(hostname, address ?? 'nowhere'), null)
      } else {
        if (address !== undefined) publicNames?.reached(hostname, address)
        done(error, socket)
      }
    }
    addressesOf(hostname, portOf(target), (error, found) => {
      if (given) return
      const addresses = admits === undefined ? found : found.filter(({ address }) => admits(address))
      const [first] = addresses
      if (error !== null) done(error, null)
      else if (first === undefined) done(addressRefused(hostname, found[0]?.address ?? 'nowhere'), null)
      else if (addresses.length === 1) attempt = connect({ ...target, hostname: first.address }, connected)
      else attempt = raceTo(addresses, target, connect, connected)
    })
    return {
      destroy: () => {
        given = true
        attempt?.destroy()
      },
    }
  }
}

/** TCP to the first of several addresses; TLS only to the one that won. */
function raceTo(addresses: readonly LookupAddress[], target: Target, connect: Dial, done: Dialled): Attempt {
  const port = String(portOf(target))
  const tcp = race(
    addresses,
    ({ address }, ended) => connect({ ...target, protocol: 'http:', port, hostname: address }, ended),
    won,
  )
  let tls: Attempt | undefined
  function won(error: Error | null, socket: Socket | null): void {
    if (socket === null || target.protocol !== 'https:') done(error, socket)
    else tls = connect({ ...target, httpSocket: socket }, done)
  }
  return { destroy: () => (tls ?? tcp).destroy() }
}

/** The port of a target or URL, which may leave out the usual one. */
export function portOf({ port, protocol }: Pick<Target, 'port' | 'protocol'>): number {
  return Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port)
}

/** Speaks TLS over a connection that leads to the target already. */
export function secure(target: Target, socket: Socket, tls: TlsOptions, http2: boolean, done: Dialled): Attempt {
  return connector(tls, http2)({ ...target, httpSocket: socket }, done)
}

/** To one address, by TCP or by TLS. */
function connector({ rejectUnauthorized, secureContext }: TlsOptions, http2: boolean): Dial {
  let overTls: Dial | undefined
  return (target, done) => {
    if (target.protocol !== 'https:') return connectTcp(target, done)
    overTls ??= tlsConnector(http2, { rejectUnauthorized, ...(secureContext === undefined ? {} : { secureContext }) })
    return overTls(target, done)
  }
}

const require = createRequire(import.meta.url)

/** undici's connector, which remembers sessions, with its types put right: it does return the socket. Its own timer, exact to half a second, is off. */
function tlsConnector(http2: boolean, options: object): Dial {
  const build = require('undici/lib/core/connect.js') as typeof buildConnector
  const connect = build({ timeout: 0, allowH2: http2, ...options })
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
