/**
 * Names from URLs, lists and headers, made harmless.
 *
 * The same name comes out on every system, so that a folder can be copied from one to another. What is guaranteed of every component:
 *
 * - 1 to 255 bytes of UTF-8, its extension kept when it had to be shortened; NFC; cleaning it again changes nothing;
 * - no separator of any system, no control character, no character Windows refuses (so no drive letter and no alternate stream);
 * - nothing invisible: no bidi or zero-width marks, no line or paragraph separators, no half characters;
 * - it does not begin with a dot, a dash, a tilde or a space, nor end with a dot or a space, and is no device of Windows.
 */
import { MAX_NAME_BYTES, withSuffix } from './fit.js'

/** Most names, by far, need nothing. */
const CLEAN = /^[A-Za-z0-9_][A-Za-z0-9_.,;=+@()[\]{}!#$%&'^` ~-]*$/

/** Format characters (bidi, zero width) and everything else that may be ignored in display, such as variation selectors and fillers. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}<>:"/\\|?*]/gu

/** Devices of Windows, whatever extension follows. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(?:\.|$)/i

const SPACE = /\s/

/** One component of a path, harmless; see the top of this file for what that means. */
export function safeName(raw: string): string {
  if (raw.length <= MAX_NAME_BYTES && CLEAN.test(raw) && !endsBadly(raw) && !DEVICE.test(raw)) return raw
  let name = trim(raw.replace(INVISIBLE, '').replace(FORBIDDEN, '_').normalize('NFC'))
  if (name === '' || name.startsWith('.') || name.startsWith('-') || name.startsWith('~')) name = trim(`_${name.slice(1)}`)
  if (DEVICE.test(name)) name = `_${name}`
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name
  // Where it was cut it may end badly now.
  return safeName(withSuffix(name, ''))
}

function endsBadly(name: string): boolean {
  return name.endsWith('.') || name.endsWith(' ')
}

/** Without spaces on either side nor dots at the end. By hand: a pattern for the end would look for it from every place. */
function trim(name: string): string {
  let end = name.length
  while (end > 0 && (name[end - 1] === '.' || SPACE.test(name[end - 1] ?? ''))) end -= 1
  return name.slice(0, end).trimStart()
}

/** All folders and the file together: with the output folder before it, the path must stay below what a system takes (1,024 on macOS). */
const MAX_PATH_BYTES = 768

/**
 * A path below the output, harmless: `/` stays the separator and every component is a {@link safeName}. Empty components and `.` are left
 * out, `..` becomes a name like any other, so that nothing climbs out. Folders that make the path longer than 768 bytes are left out, the
 * innermost first.
 */
export function safePath(raw: string): string {
  if (!raw.includes('/')) return safeName(raw)
  const names = raw.split('/').filter((name) => name !== '' && name !== '.')
  const file = safeName(names.pop() ?? '')
  let room = MAX_PATH_BYTES - Buffer.byteLength(file)
  let folders = ''
  for (const name of names) {
    const folder = safeName(name)
    room -= Buffer.byteLength(folder) + 1
    if (room < 0) break
    folders += `${folder}/`
  }
  return folders + file
}
