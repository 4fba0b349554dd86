/** What a text reader wants: the bytes of a list decompressed, and without byte order mark. */
import { RunError } from '../errors.js'
import { gunzip } from './gunzip.js'
import type { ListInput } from './list-input.js'

const GZIP = Buffer.from([0x1f, 0x8b])
const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const UTF16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])]

const startsWith = (bytes: Buffer, mark: Buffer): boolean => bytes.subarray(0, mark.length).equals(mark)

/**
 * A list is gzip when its first bytes say so, or its name does.
 *
 * @throws RunError ERR_SOURCE that names the list: cut or broken gzip (after what could be read of it), UTF-16
 */
export async function* plainBytes(input: ListInput, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const { name } = input
  const raw = await peek(input.chunks(signal), [GZIP])
  const zipped = startsWith(raw.head, GZIP) || /\.gz$/i.test(name)
  const { chunks } = await peek(zipped ? unzipped(raw.chunks, name) : raw.chunks, [UTF8_MARK, ...UTF16_MARKS])
  let first = true
  for await (const chunk of chunks) {
    if (first && UTF16_MARKS.some((mark) => startsWith(chunk, mark))) {
      throw new RunError('ERR_SOURCE', `${name} is UTF-16, not UTF-8: convert it with iconv -f UTF-16 -t UTF-8`)
    }
    yield first && startsWith(chunk, UTF8_MARK) ? chunk.subarray(UTF8_MARK.length) : chunk
    first = false
  }
}

async function* unzipped(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  try {
    yield* gunzip(chunks)
  } catch (cause) {
    if (!isGzipError(cause)) throw cause
    throw new RunError('ERR_SOURCE', `${name} is not whole: its gzip is cut or broken (${cause.message}); make it anew`, {
      cause,
    })
  }
}

const isGzipError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')

interface Peeked {
  readonly head: Buffer
  /** All of them, the head again included. */
  readonly chunks: AsyncIterable<Buffer>
}

/** Looks at the first chunk; waits for a second one only where the first could be half of a mark, so that a slow pipe is served as it comes. */
async function peek(chunks: AsyncIterable<Buffer>, marks: readonly Buffer[]): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  for (;;) {
    const next = await iterator.next()
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
    if (!marks.some((mark) => head.length < mark.length && startsWith(mark, head))) break
  }
  return { head, chunks: headAndRest(head, iterator) }
}

async function* headAndRest(head: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}
