/** Address guard: which addresses may be connected to. Judged by the bytes of the address, never by how a name or a number looks. */
import { createRequire } from 'node:module'
import { isIP } from 'node:net'
import { DownloadError } from '../errors.js'

// Not an import: Node.js would first search the text of this CommonJS for the names of what it exports, 70 ms for the first such module.
const require = createRequire(import.meta.url)
const ipaddr = require('ipaddr.js') as typeof import('ipaddr.js')

/** Whether an address belongs to the public internet: not private, loopback, link-local, shared, reserved, multicast, or a way around these. */
export function isPublicAddress(address: string): boolean {
  // process(), not parse(): ::ffff:127.0.0.1 is 127.0.0.1.
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'
}

/** Suffixes that are never names of the public internet. */
const PRIVATE_SUFFIXES = [
  'localhost',
  'local',
  'internal',
  'localdomain',
  'home.arpa',
  'lan',
  'intranet',
  'corp',
  'home',
  'private',
]

/** The best that can be said where a proxy resolves the name: literals by their bytes, names by their suffix. */
export function looksPublic(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  if (isIP(host) !== 0) return isPublicAddress(host)
  return host.includes('.') && !PRIVATE_SUFFIXES.some((suffix) => host.endsWith(`.${suffix}`))
}

export const addressRefused = (host: string, address: string): DownloadError =>
  new DownloadError(
    'ADDRESS_REFUSED',
    host === address ? `${host} is not a public address` : `${host} leads to ${address}, which is not a public address`,
  )

/** Says whether an address may be connected to. */
export type Admits = (address: string) => boolean
