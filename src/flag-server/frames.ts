import { chunkSizeText, type Framing } from './faults/framing.js'
import type { Pieces } from './representation.js'

/** A piece of a framed body: `open` and `close` stand around the data of a chunk, `end` after everything. */
export type Frame =
  | { readonly part: 'data'; readonly bytes: Uint8Array }
  | { readonly part: 'open' | 'close' | 'end'; readonly bytes: string }

/** Frames a body, as right or wrong as asked. */
export async function* framesOf(pieces: Pieces, framing: Framing): AsyncGenerator<Frame> {
  if (framing.kind !== 'chunked') {
    for await (const bytes of pieces) yield { part: 'data', bytes }
    yield { part: 'end', bytes: '' }
    return
  }
  let defect = framing.chunks
  for await (const bytes of regrouped(pieces, framing.chunkSize)) {
    yield { part: 'open', bytes: `${chunkSizeText(bytes.length, defect)}\r\n` }
    yield { part: 'data', bytes }
    if (defect !== 'no-crlf') yield { part: 'close', bytes: '\r\n' }
    // Only the first chunk is wrong; that the last one is missing shows in the end.
    if (defect !== 'no-end') defect = undefined
  }
  yield { part: 'end', bytes: defect === 'no-end' ? '' : '0\r\n\r\n' }
}

/** The same bytes in pieces of one size, the last one smaller. */
async function* regrouped(pieces: Pieces, size: number): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let length = 0
  for await (const piece of pieces) {
    let rest = piece
    while (length + rest.length >= size) {
      const needed = size - length
      yield waiting.length === 0 ? rest.subarray(0, needed) : Buffer.concat([...waiting, rest.subarray(0, needed)])
      rest = rest.subarray(needed)
      waiting = []
      length = 0
    }
    if (rest.length > 0) waiting.push(rest)
    length += rest.length
  }
  if (length > 0) yield Buffer.concat(waiting)
}
