import type { Faults } from './faults/table.js'
import { flagFile } from './images.js'
import { inMemory, type Representation, TEXT } from './representation.js'
import { syntheticPieces, syntheticSize } from './synthetic.js'

/** Files of one's own, by path: a text or bytes. */
export type Files = Readonly<Record<string, string | Uint8Array>>

const NUMBERED = /^\/n\/(\d{1,15})\.[a-z0-9]{1,8}$/
const SIZED = /^\/bytes\/(\d{1,15})$/
const BINARY = 'application/octet-stream'
const ZEROS = Buffer.alloc(65_536)

/** What the faults ask to be served, whatever the path. */
export function orderedContent(path: string, faults: Faults, version: number): Representation | undefined {
  if (faults.body !== undefined) return inMemory(BINARY, Buffer.from(faults.body, 'latin1'))
  if (faults.bomb !== undefined) return { type: BINARY, size: faults.bomb, read: zeros }
  const size = faults.endless === 'body' ? Infinity : faults.size
  return size === undefined ? undefined : synthetic(numberIn(path) ?? 0, size, version)
}

/** What a path names: a file of one's own, a flag, its metadata, `/n/<number>.bin` or `/bytes/<size>`. */
export async function findContent(path: string, files: Files, version: number): Promise<Representation | undefined> {
  const own = Object.hasOwn(files, path) ? files[path] : undefined
  if (own !== undefined) return typeof own === 'string' ? inMemory(TEXT, Buffer.from(own)) : inMemory(BINARY, own)
  const flag = await flagFile(path)
  if (flag !== undefined) {
    return path.endsWith('.gif')
      ? inMemory('image/gif', gifVersion(flag, version))
      : inMemory('application/json', jsonVersion(flag, version))
  }
  const number = numberIn(path)
  if (number !== undefined) return synthetic(number, syntheticSize(number), version)
  const sized = SIZED.exec(path)?.[1]
  return sized === undefined ? undefined : synthetic(0, Number(sized), version)
}

function numberIn(path: string): number | undefined {
  const number = NUMBERED.exec(path)?.[1]
  return number === undefined ? undefined : Number(number)
}

function synthetic(number: number, size: number, version: number): Representation {
  return { type: BINARY, size, read: (start, end) => syntheticPieces({ number, version }, start, end) }
}

function* zeros(start: number, end: number): Generator<Uint8Array> {
  for (let left = end - start; left > 0; left -= ZEROS.length) yield left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS
}

/** The same picture with a comment in it, so that every byte after the head has moved. */
function gifVersion(gif: Buffer, version: number): Buffer {
  if (version === 0) return gif
  const flags = gif[10] ?? 0
  const colours = flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0
  const text = Buffer.from(`version ${version}`)
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe, text.length]), text, Buffer.from([0])])
  return Buffer.concat([gif.subarray(0, 13 + colours), comment, gif.subarray(13 + colours)])
}

function jsonVersion(json: Buffer, version: number): Buffer {
  return version === 0 ? json : Buffer.concat([Buffer.from(`{"version": ${version}, `), json.subarray(1)])
}
