import type { Header } from '../header.js'
import { FlagServerError } from '../errors.js'
import { fault, type FaultFamily } from './fault.js'
import { bytes, choice, choiceOrRaw, type Raw } from './value.js'

export interface FramingFaults {
  /** What tells the client where the body ends. */
  framing: 'length' | 'chunked' | 'close'
  /** Bytes in each chunk but the last. */
  chunkSize: number
  /** What is wrong with Content-Length. */
  length: 'too-long' | 'too-short' | 'twice' | 'plus' | 'negative' | 'with-chunked' | Raw
  /** What is wrong with the first chunk, or with the end of the chunks. */
  chunks: 'huge' | 'negative' | 'empty' | 'garbage' | 'too-long' | 'no-crlf' | 'no-end' | Raw
  /** What becomes of the connection after the answer. */
  connection: 'close' | 'drop'
}

/** How many bytes `length=too-long` adds and `length=too-short` takes away. */
const LENGTH_ERROR = 10

export const framingFaults: FaultFamily<FramingFaults> = {
  framing: fault('framing', choice('length', 'chunked', 'close'), {
    role: 'content',
    doc: 'How the end of the body shows: by Content-Length, by chunks, or by the end of the connection. Default: length where it is known, else chunks.',
    example: 'framing=chunked',
  }),
  chunkSize: fault('chunkSize', bytes({ from: 1, to: 64 * 1024 ** 2 }), {
    role: 'content',
    doc: 'Bytes in each chunk but the last. Default 16K. A cut that falls on the end of a chunk is one between two whole chunks.',
    example: 'framing=chunked&chunk-size=100&cut=200',
  }),
  length: fault('length', choiceOrRaw('too-long', 'too-short', 'twice', 'plus', 'negative', 'with-chunked'), {
    role: 'failure',
    doc:
      `A wrong Content-Length: ${LENGTH_ERROR} too many (then closes), ${LENGTH_ERROR} too few, two that differ by one, with a plus sign, negative, ` +
      'beside `Transfer-Encoding: chunked`, or any text.',
    example: 'length=twice',
  }),
  chunks: fault('chunks', choiceOrRaw('huge', 'negative', 'empty', 'garbage', 'too-long', 'no-crlf', 'no-end'), {
    role: 'failure',
    doc:
      'Chunks with a fault: the size of the first is past 2^64, negative, missing, no number, or larger than the chunk, or any text; no line end after ' +
      'its data; or no last chunk. The connection closes afterwards.',
    example: 'chunks=negative',
  }),
  connection: fault('connection', choice('close', 'drop'), {
    role: 'failure',
    doc: 'Closes the connection after the answer: saying so, or dropping it though the answer said keep-alive.',
    example: 'connection=drop',
  }),
}

/** How a body goes over the wire. */
export interface Framing {
  readonly kind: 'length' | 'chunked' | 'close'
  readonly headers: readonly Header[]
  readonly chunkSize: number
  readonly chunks?: FramingFaults['chunks']
  /** The connection cannot, or shall not, serve another request. */
  readonly last: boolean
}

/** Decides the framing of a body of this size for a client of this version of HTTP. */
export function framingOf(faults: Partial<FramingFaults>, size: number | undefined, httpVersion: string): Framing {
  const known = size !== undefined && size !== Infinity
  const chunked = faults.chunks !== undefined || faults.length === 'with-chunked'
  const kind = chunked ? 'chunked' : (faults.framing ?? (known ? 'length' : httpVersion === '1.0' ? 'close' : 'chunked'))
  if (kind === 'length' && !known && faults.length === undefined) {
    throw new FlagServerError(
      'The size of this body is not known beforehand, so `framing` cannot be length.',
      'ERR_FLAG_SERVER_OPTION',
    )
  }
  const headers: Header[] = faults.length === undefined ? [] : [...lengthHeaders(faults.length, known ? size : 0)]
  if (kind === 'length' && faults.length === undefined) headers.push(['Content-Length', String(size)])
  if (kind === 'chunked') headers.push(['Transfer-Encoding', 'chunked'])
  return {
    kind,
    headers,
    chunkSize: faults.chunkSize ?? 16_384,
    ...(faults.chunks === undefined ? {} : { chunks: faults.chunks }),
    last: kind === 'close' || faults.length === 'too-long' || faults.chunks !== undefined || faults.connection !== undefined,
  }
}

type Word<Value> = Extract<Value, string>

const WRONG_LENGTHS: { readonly [Name in Word<FramingFaults['length']>]: (size: number) => readonly (number | string)[] } = {
  'too-long': (size) => [size + LENGTH_ERROR],
  'too-short': (size) => [Math.max(0, size - LENGTH_ERROR)],
  twice: (size) => [size, size + 1],
  plus: (size) => [`+${size}`],
  negative: (size) => [-size],
  'with-chunked': (size) => [size],
}

function lengthHeaders(length: FramingFaults['length'], size: number): readonly Header[] {
  const values = typeof length === 'object' ? [length.raw] : WRONG_LENGTHS[length](size)
  return values.map((value) => ['Content-Length', String(value)])
}

const WRONG_SIZES: { readonly [Name in Word<FramingFaults['chunks']>]?: (size: number) => string } = {
  huge: () => 'FFFFFFFFFFFFFFFF0',
  negative: (size) => `-${size.toString(16)}`,
  empty: () => '',
  garbage: () => 'xyz',
  'too-long': (size) => (size + LENGTH_ERROR).toString(16),
}

/** The text that announces a chunk of this size. */
export function chunkSizeText(size: number, defect: FramingFaults['chunks'] | undefined): string {
  if (typeof defect === 'object') return defect.raw
  const wrong = defect === undefined ? undefined : WRONG_SIZES[defect]
  return wrong === undefined ? size.toString(16) : wrong(size)
}
