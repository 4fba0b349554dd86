/** What tests of the resolver share: name servers that are closed with the test, a clock, machines with and without IPv6. */
import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import type { Resolver, ResolverParts } from '../../../../src/download/fetch/resolve/resolver.js'
import {
  type NameServer,
  NO_SUCH_NAME,
  type Question,
  type Reply,
  startNameServer,
} from '../../../support/name-server/name-server.js'

const { Resolver: Opened } = (await import(
  new URL('../../../../../dist/download/fetch/resolve/resolver.js', import.meta.url).href
)) as typeof import('../../../../src/download/fetch/resolve/resolver.js')

type Ending = { after(end: () => void | Promise<void>): void }
type Interface = Pick<NetworkInterfaceInfo, 'address' | 'internal' | 'family'>

const machine = (...addresses: readonly Interface[]): NonNullable<ResolverParts['interfaces']> => {
  const all = addresses.map((one) => ({ ...one, netmask: '', mac: '', cidr: null, scopeid: 0 })) as NetworkInterfaceInfo[]
  return () => ({ all })
}
const LOOPBACK: Interface = { address: '127.0.0.1', internal: true, family: 'IPv4' }
const LOOPBACK6: Interface = { address: '::1', internal: true, family: 'IPv6' }

export const WITHOUT_IPV6 = machine(LOOPBACK, { address: '192.0.2.9', internal: false, family: 'IPv4' })
export const WITH_IPV6 = machine(
  LOOPBACK,
  LOOPBACK6,
  { address: '192.0.2.9', internal: false, family: 'IPv4' },
  { address: '2001:db8::9', internal: false, family: 'IPv6' },
)
const LOCAL6: readonly Interface[] = [
  LOOPBACK6,
  { address: 'fe80::9', internal: false, family: 'IPv6' },
  { address: 'fd00::9', internal: false, family: 'IPv6' },
]
/** Beside IPv4, IPv6 of the site but not of the internet; and nothing but that. */
export const WITH_LOCAL_IPV6 = machine(LOOPBACK, { address: '192.0.2.9', internal: false, family: 'IPv4' }, ...LOCAL6)
export const WITHOUT_IPV4 = machine(LOOPBACK, ...LOCAL6)

/** Clock of a test: ms, set by it. */
export interface Clock {
  now: number
}

/** A server that knows these names, and every question it was asked: `A name`, `AAAA name`. */
export interface KnowingServer extends NameServer {
  readonly questions: string[]
}

type Known = Reply | undefined | Promise<Reply | undefined>

/** @param known by name, or by type and name (`AAAA a.example`); a function is asked each time */
export async function nameServer(
  t: Ending,
  known: Readonly<Record<string, Known | ((question: Question) => Known)>>,
): Promise<KnowingServer> {
  const questions: string[] = []
  const server = await startNameServer((question) => {
    const { name, type, over } = question
    questions.push(`${type} ${name}${over === 'tcp' ? ' over TCP' : ''}`)
    const key = [`${type} ${name}`, name].find((one) => one in known)
    const said = key === undefined ? NO_SUCH_NAME : known[key]
    return typeof said === 'function' ? said(question) : said
  })
  t.after(() => server.close())
  return Object.assign(server, { questions })
}

/** A resolver of a machine without IPv6, hosts file and system, that asks these servers. */
export function resolverOf(
  t: Ending,
  servers: readonly NameServer[],
  parts: Partial<ResolverParts> = {},
): { readonly resolver: Resolver; readonly clock: Clock; addresses(host: string, port?: number): Promise<readonly string[]> } {
  const clock: Clock = { now: 1_000_000 }
  const resolver = new Opened({
    now: () => clock.now,
    servers: servers.map(({ address }) => address),
    hostsFile: '/nonexistent/hosts',
    interfaces: WITHOUT_IPV6,
    system: NO_SYSTEM,
    ...parts,
  })
  t.after(() => resolver.close())
  return {
    resolver,
    clock,
    addresses: (host, port = 80) =>
      new Promise((resolve, reject) => {
        resolver.resolve(host, port, (error, found) => {
          if (error === null) resolve(found.map(({ address }: LookupAddress) => address))
          else reject(error)
        })
      }),
  }
}

const NO_SYSTEM: LookupFunction = (host) => {
  throw new Error(`the system was asked for ${host}`)
}
