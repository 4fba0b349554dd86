/** Where the bytes of a list come from: a file, or standard input. */
import { createHash } from 'node:crypto'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import { RunError } from '../errors.js'

export interface ListInput {
  /** For messages and records. */
  readonly name: string
  /** Path of a regular file: its bytes can be read in any order, and again. */
  readonly file?: string
  readonly size?: number
  /** The bytes as they come; of a file also from a byte on that follows a line break. A chunk is valid until the next one is asked for. Breaking off closes the input. */
  chunks(signal?: AbortSignal, from?: number): AsyncIterable<Buffer>
  /** Undefined where the bytes come only once. */
  fingerprint(): Promise<string | undefined>
}

const CHUNK = 65_536
/** How gzip and UTF-16 begin. */
const OTHERS = [Buffer.from([0x1f, 0x8b]), Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])]
const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf])

const unreadable = (name: string, cause: unknown): RunError =>
  new RunError('ERR_SOURCE', `${name} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })

/**
 * A list in a file. Pipes and devices (`/dev/stdin`, `<(command)`) will do too; they come only once and have no fingerprint.
 *
 * @throws RunError ERR_SOURCE when there is no such file, or it is a folder
 */
export async function fileInput(path: string): Promise<ListInput> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (facts.isDirectory()) throw new RunError('ERR_SOURCE', `${path} is a folder: name the file of the list in it`)
  const chunks = (signal?: AbortSignal, from = 0): AsyncIterable<Buffer> => fileChunks(path, signal, from)
  if (!facts.isFile()) return { name: path, chunks, fingerprint: () => Promise.resolve(undefined) }
  return { name: path, file: path, size: facts.size, chunks, fingerprint: () => fileFingerprint(path) }
}

async function* fileChunks(path: string, signal: AbortSignal | undefined, from: number): AsyncGenerator<Buffer> {
  const handle = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK)
    if (from > UTF8_MARK.length) await checkLineBegin(handle, from, path)
    // A pipe knows no places.
    let at = from === 0 ? null : from
    for (;;) {
      signal?.throwIfAborted()
      const bytesRead = await readInto(handle, buffer, at, path)
      if (bytesRead === 0) return
      if (at !== null) at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

/** Of a large list only parts are compared with those of the earlier run; here one more is. */
async function checkLineBegin(handle: FileHandle, byte: number, path: string): Promise<void> {
  const before = Buffer.alloc(1)
  if ((await readInto(handle, before, byte - 1, path)) === 1 && before[0] === 10) return
  throw new RunError(
    'ERR_SOURCE',
    `${path} was changed since the run began: no line begins at byte ${byte} any more. Put the old list back, or start over with --fresh`,
  )
}

/** Bytes that tell how long lines are. */
const LOOK = 256 * 1024

/**
 * Lines of the list at `path`, as many as there would be if all of it were like its begin; and where its text begins. Undefined for what is
 * compressed, whose lines cannot be told, nor found by their place.
 */
export async function lookAtText({
  file,
  size = 0,
}: ListInput): Promise<{ readonly begin: number; readonly lines: number } | undefined> {
  if (file === undefined || /\.gz$/i.test(file)) return undefined
  const handle = await open(file).catch((cause: unknown) => {
    throw unreadable(file, cause)
  })
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(size, LOOK)))
    const head = buffer.subarray(0, await readInto(handle, buffer, 0, file))
    if (OTHERS.some((mark) => head.indexOf(mark) === 0)) return undefined
    let lines = 0
    for (let at = head.indexOf(10); at !== -1; at = head.indexOf(10, at + 1)) lines += 1
    return { begin: head.indexOf(UTF8_MARK) === 0 ? UTF8_MARK.length : 0, lines: Math.ceil((lines * size) / (head.length || 1)) }
  } finally {
    await handle.close()
  }
}

async function readInto(handle: FileHandle, buffer: Buffer, position: number | null, path: string): Promise<number> {
  try {
    return (await handle.read(buffer, 0, buffer.length, position)).bytesRead
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/** Standard input, or any stream that takes its place. It can be read once. */
export function streamInput(stream: Readable, name = 'standard input'): ListInput {
  let begun = false
  return {
    name,
    chunks: (signal) => {
      if (begun) throw new RunError('ERR_SOURCE', `${name} can be read only once`)
      begun = true
      return streamChunks(stream, name, signal)
    },
    fingerprint: () => Promise.resolve(undefined),
  }
}

async function* streamChunks(stream: Readable, name: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  if (signal !== undefined) addAbortSignal(signal, stream)
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    }
  } catch (cause) {
    signal?.throwIfAborted()
    throw unreadable(name, cause)
  }
}

/** Up to here a file is hashed as a whole. Bytes. */
const WHOLE = 64 * 1024 * 1024
/** How much of a larger one: at the begin, at the end, and of each sample between. Bytes. */
const EDGE = 1024 * 1024
const SAMPLE = 4096
const SAMPLES = 16

async function fileFingerprint(path: string): Promise<string> {
  const handle = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  try {
    const { size } = await handle.stat()
    const hash = createHash('sha256').update(`${String(size)}\n`)
    const buffer = Buffer.allocUnsafeSlow(EDGE)
    for (const [from, to] of fingerprintRanges(size)) {
      for (let at = from; at < to;) {
        const bytesRead = await readInto(handle, buffer.subarray(0, Math.min(EDGE, to - at)), at, path)
        if (bytesRead === 0) break
        hash.update(buffer.subarray(0, bytesRead))
        at += bytesRead
      }
    }
    return hash.digest('hex')
  } finally {
    await handle.close()
  }
}

function fingerprintRanges(size: number): (readonly [from: number, to: number])[] {
  if (size <= WHOLE) return [[0, size]]
  const gap = Math.floor((size - 2 * EDGE) / (SAMPLES + 1))
  const samples = Array.from({ length: SAMPLES }, (_, index) => EDGE + gap * (index + 1))
  return [[0, EDGE], ...samples.map((at) => [at, at + SAMPLE] as const), [size - EDGE, size]]
}
