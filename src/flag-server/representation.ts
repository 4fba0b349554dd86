/** A piece of a body; many, now or later. */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** The bytes that an answer is about, before framing. */
export interface Representation {
  /** Value of Content-Type. */
  readonly type: string
  /** In bytes; undefined where it shows only in the end, Infinity where there is none. */
  readonly size: number | undefined
  /** The bytes from `start` up to, not including, `end`. Where the size is unknown, `start` is 0. */
  readonly read: (start: number, end: number) => Pieces
}

/** A representation held in memory. */
export function inMemory(type: string, content: Uint8Array): Representation {
  return { type, size: content.length, read: (start, end) => [content.subarray(start, end)] }
}
