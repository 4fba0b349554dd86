/** A value from outside (JSON, a caller without types) as a JobInput, or a sentence that says why it is none. */
import type { JobInput } from '../job.js'
import { hashOf } from '../job-hash.js'
import { excerpt } from './entries.js'

/** Under which keys a JobInput's fields are found. */
export type InputKeys = Readonly<Record<keyof JobInput, string>>

export const jobKeys: InputKeys = { url: 'url', name: 'name', hash: 'hash', size: 'size', mirrors: 'mirrors', headers: 'headers' }

type Fields = Readonly<Record<string, unknown>>

/** Only own keys count, and what is copied has no prototype that a key could reach. `null` is the same as absent. */
export function inputOf(value: unknown, keys: InputKeys = jobKeys): JobInput | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `not an object but ${kindOf(value)}`
  const fields = value as Fields
  const field = Object.hasOwn(fields, keys.url) ? exactField : anyCaseField
  const url = field(fields, keys.url)
  if (typeof url !== 'string') return url === undefined ? `no '${keys.url}' in it` : wrong(keys.url, 'a string', url)
  const name = field(fields, keys.name)
  const hash = field(fields, keys.hash)
  const size = field(fields, keys.size)
  const mirrors = field(fields, keys.mirrors)
  const headers = field(fields, keys.headers)
  if (name !== undefined && typeof name !== 'string') return wrong(keys.name, 'a string', name)
  if (hash !== undefined && typeof hash !== 'string') return wrong(keys.hash, 'a string', hash)
  if (size !== undefined && !isSize(size)) return wrong(keys.size, 'a number of bytes', size)
  if (mirrors !== undefined && !isStrings(mirrors)) return wrong(keys.mirrors, 'an array of strings', mirrors)
  const sent = headers === undefined ? undefined : stringFields(headers)
  if (sent === null) return wrong(keys.headers, 'an object of strings', headers)
  return {
    url,
    ...(name === undefined ? {} : { name }),
    ...(hash === undefined ? {} : { hash: keys.hash === jobKeys.hash ? hash : hashOf(hash, keys.hash) }),
    ...(size === undefined ? {} : { size }),
    ...(mirrors === undefined ? {} : { mirrors }),
    ...(sent === undefined ? {} : { headers: sent }),
  }
}

const exactField = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? (fields[key] ?? undefined) : undefined)

/** Exports write `URL`. */
function anyCaseField(fields: Fields, key: string): unknown {
  const lower = key.toLowerCase()
  const name = Object.keys(fields).find((other) => other.toLowerCase() === lower)
  return name === undefined ? undefined : (fields[name] ?? undefined)
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

function stringFields(value: unknown): Readonly<Record<string, string>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const copy = Object.create(null) as Record<string, string>
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') return null
    copy[name] = text
  }
  return copy
}

const wrong = (key: string, expected: string, found: unknown): string =>
  `'${excerpt(key)}' is not ${expected} but ${kindOf(found)}`

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'undefined'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
