import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

// The same two steps up from src/flag-server and from dist/flag-server.
const IMAGES = new URL('../../images/', import.meta.url)
const FLAG_FILE = /^\/flags\/([a-z]{2})\/(?:\1\.gif|metadata\.json)$/

let codes: readonly string[] | undefined
const files = new Map<string, Promise<Buffer>>()

/** The folder that holds the flags, as `<cc>/<cc>.gif` and `<cc>/metadata.json`, for a program that serves or reads them by itself. */
export const FLAGS_FOLDER: string = fileURLToPath(new URL('flags', IMAGES))

/** The 194 codes of the book's `country_codes.txt`, `AD` to `ZW`, in alphabetical order. */
export function countryCodes(): readonly string[] {
  codes ??= Object.freeze(readFileSync(new URL('country_codes.txt', IMAGES), 'latin1').split(/\s+/).filter(Boolean))
  return codes
}

/** The bytes of `/flags/<cc>/<cc>.gif` or `/flags/<cc>/metadata.json`, read once and then kept; undefined for any other path. */
export function flagFile(path: string): Promise<Buffer> | undefined {
  const cc = FLAG_FILE.exec(path)?.[1]
  if (cc === undefined || !countryCodes().includes(cc.toUpperCase())) return undefined
  let file = files.get(path)
  if (file === undefined) {
    file = readFile(new URL(path.slice(1), IMAGES))
    files.set(path, file)
  }
  return file
}
