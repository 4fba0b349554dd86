/** Names that fit: file systems count bytes, not characters. */
import { extensionStart } from './extension.js'

/** Bytes of UTF-8 that ext4, APFS, NTFS and nearly all others allow in one name. */
export const MAX_NAME_BYTES = 255

/** The longest beginning of `text` that has at most `limit` bytes in UTF-8; never half a character. */
export function firstBytes(text: string, limit: number): string {
  if (text.length * 3 <= limit) return text
  const bytes = Buffer.from(text)
  if (bytes.length <= limit) return text
  let end = Math.max(limit, 0)
  // 10xxxxxx continues a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}

/** `name` with `suffix` before its extension, the stem shortened so that the whole has at most 255 bytes. */
export function withSuffix(name: string, suffix: string): string {
  const at = extensionStart(name)
  const end = suffix + name.slice(at)
  return firstBytes(name.slice(0, at), MAX_NAME_BYTES - Buffer.byteLength(end)) + end
}

/**
 * The names to try, in this order, when the name of job `id` is taken: `a-8.gif`, `a-8-2.gif`, `a-8-3.gif` for `a.gif` of job 7. `attempt`
 * counts from 1. No two of them are equal, however short the stem has become.
 */
export function otherName(name: string, id: number, attempt: number): string {
  return withSuffix(name, attempt === 1 ? `-${id + 1}` : `-${id + 1}-${attempt}`)
}
