/** Reads what is in a tar archive: ustar with pax, which is what we write. */
import type { FileHandle } from 'node:fs/promises'
import { BLOCK, paddingOf } from './tar-header.js'

export interface TarMember {
  readonly name: string
  /** Where its bytes begin. */
  readonly at: number
  readonly bytes: number
}

/** Longer facts about one member are not ours. */
const MOST_FACTS = 1024 * 1024

/**
 * Every member, in its order.
 *
 * @throws an Error that says where the archive is broken, or the error of the file system
 */
export async function* tarMembers(file: FileHandle): AsyncGenerator<TarMember, void, undefined> {
  const { size } = await file.stat()
  let facts: ReadonlyMap<string, string> = new Map()
  for (let at = 0; ;) {
    const head = await read(file, at, BLOCK)
    if (head.every((byte) => byte === 0)) return
    if (!isHeader(head)) throw new Error(`no member of a tar archive begins at byte ${at}`)
    const body = at + BLOCK
    const bytes = Number(facts.get('size') ?? Number.parseInt(text(head, 124, 12), 8))
    if (!(body + bytes <= size)) throw new Error(`the archive ends within the member at byte ${at}`)
    at = body + bytes + paddingOf(bytes)
    if (text(head, 156, 1) === 'x') {
      facts = paxFacts(await read(file, body, Math.min(bytes, MOST_FACTS)))
    } else {
      yield { name: facts.get('path') ?? text(head, 0, 100), at: body, bytes }
      facts = new Map()
    }
  }
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at)
  if (bytesRead < length) throw new Error(`the archive ends at byte ${at + bytesRead}, without its end mark`)
  return buffer
}

function isHeader(head: Buffer): boolean {
  let sum = 0
  for (const [at, byte] of head.entries()) sum += at >= 148 && at < 156 ? 32 : byte
  return Number.parseInt(text(head, 148, 8), 8) === sum
}

/** A field, up to its NUL. */
function text(head: Buffer, at: number, length: number): string {
  const field = head.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? length : end)
}

function paxFacts(bytes: Buffer): ReadonlyMap<string, string> {
  const facts = new Map<string, string>()
  for (let at = 0; at < bytes.length;) {
    const length = Number.parseInt(bytes.toString('latin1', at, at + 20), 10)
    if (!(length > 0)) break
    const [, key, value] = /^\d+ ([^=]+)=(.*)\n$/s.exec(bytes.toString('utf8', at, at + length)) ?? []
    if (key !== undefined && value !== undefined) facts.set(key, value)
    at += length
  }
  return facts
}
