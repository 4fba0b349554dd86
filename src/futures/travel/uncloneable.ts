import { inspect } from 'node:util'
import { NotSerializableError } from '../errors.js'

/**
 * The error for a value that cannot travel: names the innermost part that is to blame, as `args[0].onProgress`.
 * @param label how the caller would write the value itself, such as `args[0]` or `result`
 */
export function notSerializable(value: unknown, label: string, task: string, cause: unknown): NotSerializableError {
  const { path, culprit } = find(value, label, new Set())
  const what = typeof culprit === 'function' ? 'a function' : typeof culprit === 'symbol' ? 'a symbol' : describe(culprit)
  return new NotSerializableError(
    `${path} is ${what} and cannot be sent to or from another thread or process (task '${task}'). ` +
      'Send plain data (structured clone: objects, arrays, Map, Set, Date, typed arrays, Error …).',
    { path, cause },
  )
}

function find(value: unknown, path: string, seen: Set<unknown>): { path: string; culprit: unknown } {
  seen.add(value)
  for (const [key, child] of children(value)) {
    if (!seen.has(child) && !cloneable(child)) return find(child, `${path}${key}`, seen)
  }
  return { path, culprit: value }
}

function* children(value: unknown): Iterable<[string, unknown]> {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const [i, child] of value.entries()) yield [`[${i}]`, child]
  } else if (value instanceof Map) {
    for (const [key, child] of value) {
      yield [`.keys(${inspect(key)})`, key]
      yield [`.get(${inspect(key)})`, child]
    }
  } else if (value instanceof Set) {
    let i = 0
    for (const child of value) yield [`[${i++}]`, child]
  } else {
    for (const key of Object.keys(value)) {
      const child = Object.getOwnPropertyDescriptor(value, key)?.value as unknown
      yield [/^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`, child]
    }
  }
}

export function cloneable(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false
  if (typeof value !== 'object' || value === null) return true
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value
  const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name
  return name === undefined || name === '' ? 'an object' : `an instance of ${name}`
}
