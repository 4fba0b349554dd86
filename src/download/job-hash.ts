/** Checksums as lists write them. */

/** Algorithm → hex digits. */
const DIGITS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128, sha1: 40, md5: 32 }

/** The algorithm as this program names it: `SHA-256` is `sha256`. Undefined: none it knows. */
export function hashAlgorithm(written: string): string | undefined {
  const name = written.toLowerCase().replace(/^sha-/, 'sha')
  return Object.hasOwn(DIGITS, name) ? name : undefined
}

/** `alg:hex` in lower case; null when it is not that, or has the wrong number of digits. */
export function normalHash(written: string): string | null {
  const match = /^\s*([a-z0-9-]+)\s*:\s*([0-9a-f]+)\s*$/i.exec(written)
  if (match === null) return null
  const [, name = '', hex = ''] = match
  const algorithm = hashAlgorithm(name)
  if (algorithm === undefined || hex.length !== DIGITS[algorithm]) return null
  return `${algorithm}:${hex.toLowerCase()}`
}

/** A cell of a column of checksums as `ALG:HEX`; without ALG where the column is called after the algorithm. */
export function hashOf(cell: string, column: string): string {
  const algorithm = cell.includes(':') ? undefined : hashAlgorithm(column.trim())
  return algorithm === undefined ? cell.trim() : `${algorithm}:${cell.trim()}`
}
