/** The bytes of a body in pieces, at hand or made while they are sent. */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** The bytes that an answer is about, before framing. */
export interface Representation {
  /** Value of Content-Type. */
  readonly type: string
  /** Value of Content-Encoding. */
  readonly coding?: string
  /** In bytes; undefined where it shows only in the end, Infinity where there is none. */
  readonly size: number | undefined
  /** The bytes from `start` up to, not including, `end`. Where the size is unknown, `start` is 0. */
  readonly read: (start: number, end: number) => Pieces
}

/** A representation held in memory. */
export function inMemory(type: string, content: Uint8Array): Representation {
  return { type, size: content.length, read: (start, end) => [content.subarray(start, end)] }
}

/** The Content-Type of texts for people. */
export const TEXT = 'text/plain; charset=utf-8'

/** The first `end` bytes. */
export async function* limited(pieces: Pieces, end: number): AsyncGenerator<Uint8Array> {
  let left = end
  for await (const piece of pieces) {
    if (piece.length >= left) {
      if (left > 0) yield piece.subarray(0, left)
      return
    }
    left -= piece.length
    yield piece
  }
}
