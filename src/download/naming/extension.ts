/** Where the extension of a name begins: everything that shortens a name or adds to it keeps the extension. */

/** Longer ones are no extensions but the end of a sentence. */
const LONGEST = 32

/**
 * Index of the dot of the extension, or the length of the name if it has none. `.tar.gz` and its like are one extension; a name that only
 * begins with a dot has none.
 */
export function extensionStart(name: string): number {
  const dot = name.lastIndexOf('.')
  if (dot <= 0 || dot === name.length - 1 || name.length - dot - 1 > LONGEST) return name.length
  const tar = dot - '.tar'.length
  return tar > 0 && name.startsWith('.tar', tar) ? tar : dot
}
