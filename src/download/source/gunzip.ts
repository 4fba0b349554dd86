/** Decompresses a stream of gzip so that everything before a cut or a broken byte is delivered, and the error comes after it. */
import { createGunzip } from 'node:zlib'

/**
 * Written by hand because piping into a Gunzip throws away what it had decompressed when the error comes. Memory: one chunk of input, one of output.
 */
export async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = createGunzip({ chunkSize: 65_536 })
  let failure: Error | undefined
  let wake: (() => void) | undefined
  decoder.on('readable', () => wake?.())
  decoder.on('end', () => wake?.())
  decoder.on('error', (error) => {
    failure = error
    wake?.()
  })
  /** Everything decompressed until `taken` says that the decoder has no more for now. */
  async function* drain(taken: () => boolean): AsyncGenerator<Buffer> {
    for (;;) {
      const output = decoder.read() as Buffer | null
      if (output !== null) yield output
      else if (failure !== undefined) throw failure
      else if (taken()) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  try {
    for await (const chunk of chunks) {
      let taken = false
      decoder.write(chunk, () => {
        taken = true
        wake?.()
      })
      yield* drain(() => taken)
    }
    decoder.end()
    yield* drain(() => decoder.readableEnded)
  } finally {
    decoder.destroy()
  }
}
