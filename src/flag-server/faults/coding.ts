import { pipeline, Readable, type Transform } from 'node:stream'
import { constants, createBrotliCompress, createDeflate, createDeflateRaw, createGzip } from 'node:zlib'
import { FlagServerError } from '../errors.js'
import { inMemory, limited, type Pieces, type Representation } from '../representation.js'
import { fault, type FaultFamily } from './fault.js'
import { type Amount, amount, bytes, bytesOf, type ValueKind } from './value.js'

/** A coding of the body: `raw-deflate` is sent as `deflate` without the zlib header, `false-gzip` as `gzip` though nothing is coded. */
type Coding = 'gzip' | 'br' | 'deflate' | 'raw-deflate' | 'false-gzip'

export interface CodingFaults {
  /** Codings applied to the body, in order. */
  coding: readonly Coding[]
  /** Where the coded stream is cut, framing intact. */
  codingCut: Amount
  /** A body of so many zero bytes, to be coded. */
  bomb: number
}

/** The default quality, 11, takes seconds for what this one does in no time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

interface Coder {
  readonly token: string
  readonly create?: () => Transform
}

const CODERS: { readonly [Name in Coding]: Coder } = {
  gzip: { token: 'gzip', create: () => createGzip() },
  br: { token: 'br', create: () => createBrotliCompress(BROTLI) },
  deflate: { token: 'deflate', create: () => createDeflate() },
  'raw-deflate': { token: 'deflate', create: () => createDeflateRaw() },
  'false-gzip': { token: 'gzip' },
}
const MAX_CODINGS = 32
/** A coded body up to this size is made in memory, so that its length is known. */
const IN_MEMORY = 1024 ** 2

const codings: ValueKind<readonly Coding[]> = {
  placeholder: 'CODING,…',
  expected: `one to ${MAX_CODINGS} of ${Object.keys(CODERS).join(', ')}, separated by commas`,
  parse(text) {
    const names = text.split(',')
    return names.length <= MAX_CODINGS && names.every((name): name is Coding => Object.hasOwn(CODERS, name)) ? names : undefined
  },
}

export const codingFaults: FaultFamily<CodingFaults> = {
  coding: fault('coding', codings, {
    role: 'content',
    doc:
      'Codes the body, several times over if several are named, and says so in Content-Encoding, whatever the client accepts. ' +
      '`raw-deflate` leaves the zlib header out; `false-gzip` only says gzip.',
    example: 'coding=gzip,br',
  }),
  codingCut: fault('codingCut', amount, {
    role: 'failure',
    doc: 'Cuts the coded stream short; framing and length are right for what is sent.',
    example: 'coding=gzip&coding-cut=50%',
  }),
  bomb: fault('bomb', bytes(), {
    role: 'content',
    doc: 'The body is this many zero bytes before coding; with gzip if no `coding` is named. Served at any path.',
    example: 'bomb=20M&coding=gzip,gzip',
  }),
}

/** Codes a representation as the faults say; the same one if they say nothing. */
export async function coded(plain: Representation, faults: Partial<CodingFaults>): Promise<Representation> {
  const names = faults.coding ?? (faults.bomb === undefined ? undefined : (['gzip'] as const))
  if (names === undefined) return plain
  const coders = names.map((name) => CODERS[name])
  const streamed: Representation = {
    ...plain,
    coding: coders.map(({ token }) => token).join(', '),
    size: undefined,
    read: (_start, end) => limited(through(plain, coders), end),
  }
  const whole = (plain.size ?? Infinity) <= IN_MEMORY ? { ...streamed, ...(await gathered(streamed)) } : streamed
  return faults.codingCut === undefined ? whole : cutShort(whole, faults.codingCut)
}

function through(plain: Representation, coders: readonly Coder[]): Pieces {
  const transforms = coders.flatMap(({ create }) => (create === undefined ? [] : [create()]))
  const source = plain.read(0, plain.size ?? Infinity)
  if (transforms.length === 0) return source
  // The last stream is the result; leaving it early makes the pipeline take down the others.
  return pipeline([Readable.from(source, { objectMode: false }), ...transforms], () => {}) as unknown as Readable
}

async function gathered({ type, read }: Representation): Promise<Pick<Representation, 'size' | 'read'>> {
  const pieces: Uint8Array[] = []
  for await (const piece of read(0, Infinity)) pieces.push(piece)
  const { size, read: slice } = inMemory(type, Buffer.concat(pieces))
  return { size, read: slice }
}

function cutShort(whole: Representation, cut: Amount): Representation {
  const size = bytesOf(cut, whole.size)
  if (size === undefined) {
    const reason = 'The size of this coded body is not known beforehand, so `codingCut` must be a number of bytes.'
    throw new FlagServerError(reason, 'ERR_FLAG_SERVER_OPTION')
  }
  if (whole.size !== undefined) return { ...whole, size: Math.min(size, whole.size) }
  return { ...whole, read: (start, end) => whole.read(start, Math.min(end, size)) }
}
