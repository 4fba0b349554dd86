/** Digests of a body as it passes: always sha256, for the record, and whatever else the list asks for. */
import { createHash, type Hash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
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
  finish(): Sums
}

/** What the record keeps. */
export interface Sums {
  /** Hex. */
  readonly sha256: string
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
  const [, algorithm] = algorithmsFor(expected)
  const other: Hash | undefined = algorithm === undefined ? undefined : createHash(algorithm)
  return {
    update: (chunk) => {
      sha256.update(chunk)
      other?.update(chunk)
    },
    finish: () => compared([sha256.digest('hex'), ...(other === undefined ? [] : [other.digest('hex')])], expected),
  }
}

/**
 * What a body is hashed by: sha256, and what the list asks for if that is another.
 *
 * @throws {DownloadError} INVALID_HASH
 */
export function algorithmsFor(expected: string | undefined): readonly string[] {
  if (expected === undefined) return ['sha256']
  const { algorithm } = parseChecksum(expected)
  return algorithm === 'sha256' ? ['sha256'] : ['sha256', algorithm]
}

/**
 * @param hex digests in the order of `algorithmsFor`
 * @throws {DownloadError} CHECKSUM: not the bytes the list promises
 */
export function compared(hex: readonly string[], expected: string | undefined): Sums {
  const [sha256 = '', other = sha256] = hex
  if (expected !== undefined) {
    const { algorithm, hex: promised } = parseChecksum(expected)
    if (other !== promised) {
      throw new DownloadError('CHECKSUM', `the bytes have ${algorithm}:${other}, the list expects ${algorithm}:${promised}`)
    }
  }
  return { sha256 }
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

/** Hashes a piece of an open file. @throws an Error if the file ends before the piece does; the error of the file system */
export async function hashPiece(file: FileHandle, at: number, bytes: number): Promise<string> {
  const sha256 = createHash('sha256')
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, bytes))
  for (let done = 0; done < bytes;) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK, bytes - done), at + done)
    if (bytesRead === 0) throw new Error(`it ends ${bytes - done} bytes early`)
    sha256.update(buffer.subarray(0, bytesRead))
    done += bytesRead
  }
  return sha256.digest('hex')
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
