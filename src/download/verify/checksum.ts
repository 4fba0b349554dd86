/** What a list says the bytes must hash to. */
import { DownloadError } from '../errors.js'

/** Algorithms a list may name, and how many hex digits each has. */
const DIGITS = { sha256: 64, sha512: 128, sha384: 96, sha1: 40, md5: 32 } as const

export type ChecksumAlgorithm = keyof typeof DIGITS

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  /** Lower case. */
  readonly hex: string
}

/**
 * Reads `sha256:<hex>`; case does not matter, and `sha-256` is `sha256`.
 *
 * @throws {DownloadError} INVALID_HASH
 */
export function parseChecksum(text: string): Checksum {
  const colon = text.indexOf(':')
  const algorithm = text.slice(0, colon).trim().toLowerCase().replace('-', '')
  const hex = text
    .slice(colon + 1)
    .trim()
    .toLowerCase()
  if (colon === -1 || !Object.hasOwn(DIGITS, algorithm)) {
    const known = Object.keys(DIGITS).join(', ')
    throw new DownloadError('INVALID_HASH', `'${text.slice(0, 80)}' is no checksum: write ALG:HEX, with ALG one of ${known}`)
  }
  const digits = DIGITS[algorithm as ChecksumAlgorithm]
  if (hex.length !== digits || !/^[0-9a-f]*$/.test(hex)) {
    throw new DownloadError('INVALID_HASH', `'${text.slice(0, 150)}' is no checksum: ${algorithm} has ${digits} hex digits`)
  }
  return { algorithm: algorithm as ChecksumAlgorithm, hex }
}
