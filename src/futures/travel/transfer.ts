import { inspect } from 'node:util'
import type { Transferable } from 'node:worker_threads'

const marked = new WeakMap<object, readonly Transferable[]>()
let anyMarked = false

/**
 * Marks a value so that the listed parts of it are moved to the other thread instead of copied: the sender's become unusable. For an
 * argument of `submit()`, or for what a task returns. In one thread, and between processes, which share no memory, nothing moves.
 * @param value an object, usually an ArrayBuffer, a typed array or something that holds one
 * @param list what moves; default: the value's own ArrayBuffer, or the value itself
 * @returns the value
 * @example return transfer(pixels)
 * @throws TypeError for a Buffer from Node's shared pool, which belongs to others as well
 */
export function transfer<T extends object>(value: T, list?: readonly Transferable[]): T {
  const parts = list ?? [ArrayBuffer.isView(value) ? (value.buffer as ArrayBuffer) : (value as unknown as Transferable)]
  const pool = Buffer.from('x').buffer
  if (
    parts.includes(pool as Transferable) ||
    (ArrayBuffer.isView(value) && Buffer.isBuffer(value) && value.byteLength !== value.buffer.byteLength)
  ) {
    throw new TypeError(
      `${inspect(value)} shares its memory with other Buffers and cannot be transferred; copy it first: transfer(Uint8Array.from(buffer))`,
    )
  }
  marked.set(value, parts)
  anyMarked = true
  return value
}

/** Adds to `list` what `value` was marked to move. */
export function collectTransfers(value: unknown, list: Transferable[]): void {
  if (!anyMarked || typeof value !== 'object' || value === null) return
  for (const part of marked.get(value) ?? []) {
    if (part instanceof ArrayBuffer && isDetached(part))
      throw new TypeError('An ArrayBuffer was transferred before; it is empty now')
    if (!list.includes(part)) list.push(part)
  }
}

/** Whether `transfer()` was ever called here: if not, nobody need look for marks. */
export function marksExist(): boolean {
  return anyMarked
}

/** Whether `transfer()` marked it. */
export function isMarked(value: unknown): boolean {
  return anyMarked && typeof value === 'object' && value !== null && marked.has(value)
}

/** A mark is for one journey: what comes back may be sent again as a copy. */
export function forgetTransfers(values: readonly unknown[]): void {
  if (!anyMarked) return
  for (const value of values) if (typeof value === 'object' && value !== null) marked.delete(value)
}

/** Posting a detached buffer would not fail but arrive as nothing. */
function isDetached(buffer: ArrayBuffer): boolean {
  if (buffer.byteLength > 0) return false
  try {
    return new Uint8Array(buffer).length !== 0
  } catch {
    return true
  }
}
