/**
 * What the structured clone between threads does not do by itself.
 *
 * A Buffer arrives as a plain Uint8Array, and a view of a larger ArrayBuffer drags the whole of it along: a 5-byte Buffer from Node's pool
 * sends 8 KiB that belong to others. So views are trimmed to their own bytes, and the places of Buffers are noted down. This covers the value
 * itself and what lies directly in a plain object or array; deeper ones travel as the structured clone has it. A value is an argument, of an
 * initializer too, a result or a report, whether it travels alone or in a chunk.
 */

/** Where Buffers were: a path of keys, from the list of values down. */
export type BufferPlaces = (readonly (string | number)[])[]

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The values ready to post, and where Buffers were among them. The input is not changed. */
export function pack(values: readonly unknown[]): { values: readonly unknown[]; buffers: BufferPlaces | undefined } {
  let packed: unknown[] | undefined
  let buffers: BufferPlaces | undefined
  const note = (path: readonly (string | number)[]): void => {
    buffers ??= []
    buffers.push(path)
  }
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]
    if (!isObject(value)) continue
    const trimmed = ArrayBuffer.isView(value) ? trim(value, [i], note) : packContainer(value, i, note)
    if (trimmed !== value) {
      packed ??= [...values]
      packed[i] = trimmed
    }
  }
  return { values: packed ?? values, buffers }
}

/** The same for a list of such lists, the items of a chunk: each is packed as it would be alone. */
export function packChunk(items: readonly (readonly unknown[])[]): {
  values: readonly (readonly unknown[])[]
  buffers: BufferPlaces | undefined
} {
  let packed: (readonly unknown[])[] | undefined
  let buffers: BufferPlaces | undefined
  for (let i = 0; i < items.length; i += 1) {
    const item = items[i]!
    if (!item.some(isObject)) continue
    const alone = pack(item)
    if (alone.values !== item) {
      packed ??= [...items]
      packed[i] = alone.values
    }
    for (const path of alone.buffers ?? []) {
      buffers ??= []
      buffers.push([i, ...path])
    }
  }
  return { values: packed ?? items, buffers }
}

/** Puts Buffers back where they were, in place: into what {@link pack} or {@link packChunk} made. */
export function unpack(values: unknown[], buffers: BufferPlaces | undefined): void {
  for (const path of buffers ?? []) {
    let holder = values as unknown as Record<string | number, unknown>
    for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>
    const last = path.at(-1)!
    const bytes = holder[last] as Uint8Array
    holder[last] = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
}

function trim(
  view: ArrayBufferView,
  path: readonly (string | number)[],
  note: (path: readonly (string | number)[]) => void,
): unknown {
  const isBuffer = Buffer.isBuffer(view)
  if (isBuffer) note(path)
  if (view.byteLength === view.buffer.byteLength || !(view.buffer instanceof ArrayBuffer)) return view
  if (view instanceof DataView) return new DataView(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength))
  // Not view.slice(): a Buffer's slice shares memory.
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)
  if (isBuffer) return new Uint8Array(bytes)
  return new (view.constructor as new (buffer: ArrayBuffer) => ArrayBufferView)(bytes)
}

function packContainer(value: object, index: number, note: (path: readonly (string | number)[]) => void): unknown {
  let copy: Record<string | number, unknown> | undefined
  const replace = (key: string | number, view: ArrayBufferView): void => {
    const trimmed = trim(view, [index, key], note)
    if (trimmed === view) return
    copy ??= (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string | number, unknown>
    copy[key] = trimmed
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      const element: unknown = value[i]
      if (typeof element === 'object' && element !== null && ArrayBuffer.isView(element)) replace(i, element)
    }
  } else {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return value
    for (const key of Object.keys(value)) {
      const property = (value as Record<string, unknown>)[key]
      if (typeof property === 'object' && property !== null && ArrayBuffer.isView(property)) replace(key, property)
    }
  }
  return copy ?? value
}
