/** Proxy: which one, if any, a request goes through. */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { RunError } from '../errors.js'
import { decoded } from './userinfo.js'

export interface Proxy {
  readonly kind: 'http' | 'socks5'
  /** Whether the proxy itself is spoken to through TLS. */
  readonly tls: boolean
  /** Without brackets. */
  readonly hostname: string
  readonly port: number
  /** Scheme, host and port; never who logs in. */
  readonly origin: string
  readonly username: string
  readonly password: string
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'socks5:': 1080,
  'socks5h:': 1080,
  'socks:': 1080,
}

/**
 * Reads `http://[user:pass@]host:port`, https and socks5 too. Names of hosts are always resolved by a socks5 proxy, not here.
 *
 * @throws RunError ERR_OPTIONS
 */
export function readProxy(text: string): Proxy {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const port = url === undefined ? undefined : DEFAULT_PORTS[url.protocol]
  if (url === undefined || port === undefined || url.hostname === '') {
    // The text may hold a password and is not repeated.
    throw new RunError(
      'ERR_OPTIONS',
      'Expected `proxy` to be an address such as http://host:port, https://… or socks5://…; it may hold a password and is not repeated.',
    )
  }
  return {
    kind: url.protocol.startsWith('socks') ? 'socks5' : 'http',
    tls: url.protocol === 'https:',
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? port : Number(url.port),
    origin: `${url.protocol}//${url.host}`,
    username: decoded(url.username),
    password: decoded(url.password),
  }
}

/**
 * Reads a list of hosts that are requested without the proxy, as in NO_PROXY: names (which cover what is below them), `.suffix`,
 * `host:port`, addresses, networks such as `10.0.0.0/8`, and `*` for all; separated by commas or spaces.
 */
export function readNoProxy(text: string | undefined): (url: URL) => boolean {
  const rules = (text ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => ruleFor(entry))
  return (url) => {
    const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
    const port = url.port === '' ? (DEFAULT_PORTS[url.protocol] as number) : Number(url.port)
    return rules.some((rule) => rule(host, port))
  }
}

type Rule = (host: string, port: number) => boolean

function ruleFor(entry: string): Rule {
  if (entry === '*') return () => true
  if (ipaddr.isValidCIDR(entry)) {
    const [network, bits] = ipaddr.parseCIDR(entry)
    return (host) => {
      if (isIP(host) === 0) return false
      const address = ipaddr.process(host)
      return address.kind() === network.kind() && address.match(network, bits)
    }
  }
  const [, name = entry, onlyPort] = isIP(entry) === 6 ? [] : (/^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [])
  const suffix = name.replace(/^\*?\./, '')
  return (host, port) => (onlyPort === undefined || Number(onlyPort) === port) && (host === suffix || host.endsWith(`.${suffix}`))
}
