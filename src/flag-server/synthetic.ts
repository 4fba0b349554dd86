import { createHash } from 'node:crypto'

/*
 * Files that exist nowhere: each byte is computed from the file's number, its version and the byte's offset. So a list of a million URLs needs no
 * disk, any range of any file can be served at once, two files never look alike, and a test knows every checksum beforehand.
 */

/** What names one synthetic file. */
export interface SyntheticFile {
  /** From 0 to 2^53 - 1; `/n/<number>.bin` on the server. */
  readonly number: number
  /** In bytes. Default: {@link syntheticSize}. */
  readonly size?: number
  /** Another version has other bytes everywhere. Default 0. */
  readonly version?: number
}

const PIECE = 65_536

/** The size in bytes of `/n/<number>.bin` if none is asked for: 1 to 4 KB, as the flags have. */
export function syntheticSize(number: number): number {
  return 1024 + (number % 3073)
}

/** The bytes of a synthetic file from `start` up to, not including, `end`. */
export function syntheticBytes(file: SyntheticFile, start = 0, end: number = file.size ?? syntheticSize(file.number)): Buffer {
  const seed = seedOf(file)
  const firstWord = Math.floor(start / 4)
  const words = new Uint32Array(Math.max(0, Math.ceil(end / 4) - firstWord))
  // Past 2^32 words (16 GiB) the stream repeats; nothing here is that long.
  for (let index = 0; index < words.length; index += 1) words[index] = mixed(seed + Math.imul(firstWord + index, 0x9e3779b9))
  return Buffer.from(words.buffer, start - firstWord * 4, Math.max(0, end - start))
}

/** The bytes of a synthetic file in pieces of at most 64 KiB, computed as they are asked for. `end` may be `Infinity`. */
export function* syntheticPieces(file: SyntheticFile, start: number, end: number): Generator<Buffer> {
  for (let at = start; at < end; at += PIECE) yield syntheticBytes(file, at, Math.min(at + PIECE, end))
}

/** The SHA-256 of a whole synthetic file, in hexadecimal: what a downloaded copy must have. */
export function syntheticSha256(file: SyntheticFile): string {
  const hash = createHash('sha256')
  for (const piece of syntheticPieces(file, 0, file.size ?? syntheticSize(file.number))) hash.update(piece)
  return hash.digest('hex')
}

/** One step after the other, each of them one-to-one: so no two numbers below 2^32 share a seed. */
function seedOf({ number, version = 0 }: SyntheticFile): number {
  return [Math.floor(number / 2 ** 32), version].reduce((seed, part) => mixed(seed + part + 1), mixed(number))
}

/** Spreads every bit of a 32-bit number over all others (MurmurHash3's last step). */
function mixed(value: number): number {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
