/** Digests of a body as it passes: always sha256, for the record, and whatever else the list asks for. */
import { createHash, type Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { constants } from 'node:fs'
import { DownloadError } from '../errors.js'
import { parseChecksum } from './checksum.js'

export interface Digests {
  /** In order; what an earlier attempt left comes first. */
  update(chunk: Uint8Array): void
  /**
   * Once, after the last chunk.
   * @throws {DownloadError} CHECKSUM: not the bytes the list promises
   */
  finish(): { readonly sha256: string }
}

/**
 * Begins the digests of one body. `expected` is what it must hash to: `sha256:<hex>`, also sha512, sha384, sha1, md5.
 *
 * @throws {DownloadError} INVALID_HASH
 */
export function newDigests(expected?: string): Digests {
  const sha256 = createHash('sha256')
  if (expected === undefined) {
    return {
      update: (chunk) => void sha256.update(chunk),
      finish: () => ({ sha256: sha256.digest('hex') }),
    }
  }
  const { algorithm, hex } = parseChecksum(expected)
  const other: Hash | undefined = algorithm === 'sha256' ? undefined : createHash(algorithm)
  return {
    update: (chunk) => {
      sha256.update(chunk)
      other?.update(chunk)
    },
    finish: () => {
      const sum = sha256.digest('hex')
      const got = other?.digest('hex') ?? sum
      if (got !== hex) {
        throw new DownloadError('CHECKSUM', `the bytes have ${algorithm}:${got}, the list expects ${algorithm}:${hex}`)
      }
      return { sha256: sum }
    },
  }
}

/**
 * Compares what came with what the list says.
 *
 * @throws {DownloadError} SIZE
 */
export function verifySize(bytes: number, expected: number | undefined): void {
  if (expected === undefined || bytes === expected) return
  throw new DownloadError('SIZE', `the file has ${bytes} bytes, the list expects ${expected}`)
}

/** Bytes read at a time. */
const CHUNK = 256 * 1024

/**
 * Reads a file that is there and hashes it; memory does not grow with it. A symbolic link is not followed.
 *
 * @throws the error of the file system, such as ENOENT; ELOOP for a symbolic link
 */
export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    const sha256 = createHash('sha256')
    const buffer = Buffer.allocUnsafe(CHUNK)
    let bytes = 0
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK)
      if (bytesRead === 0) return { sha256: sha256.digest('hex'), bytes }
      sha256.update(buffer.subarray(0, bytesRead))
      bytes += bytesRead
    }
  } finally {
    await file.close()
  }
}
