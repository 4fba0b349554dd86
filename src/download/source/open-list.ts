/** A list in a file, or on standard input. The one place that knows all formats; each brings a parser with it, and is loaded when it is met. */
import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import type { Readable } from 'node:stream'
import { RunError } from '../errors.js'
import type { ColumnOptions } from './columns.js'
import type { ListName } from './entries.js'
import { fileInput, type ListInput, lookAtText, streamInput } from './list-input.js'
import type { InputFormat } from './open-source.js'
import { plainBytes } from './plain-bytes.js'
import type { EntryBatch, ListPlace, Source } from './source.js'

export interface ListOptions {
  /** Undefined: by the ending of the name. */
  readonly format: InputFormat | undefined
  readonly columns: ColumnOptions
  /** What `-` stands for. */
  readonly stdin: Readable | undefined
  /** Whether it is one of several lists, so that its entries have to name it. */
  readonly several: boolean
}

/** @throws RunError ERR_OPTIONS (`-` without a standard input) or ERR_SOURCE */
export async function openList(path: string, { format: asked, columns, stdin, several }: ListOptions): Promise<Source> {
  const format = asked ?? formatOf(path)
  const input = path === '-' ? standardInput(stdin) : await fileInput(path)
  const list: ListName = several ? { name: input.name, list: input.name } : { name: input.name }
  const read = await openReader(format, input, list, columns)
  return {
    batches: (signal, from) => untilAborted(read(signal, from), signal),
    ...(format === 'parquet' || input.file === undefined ? {} : { expected: async () => (await lookAtText(input))?.lines }),
    fingerprint: async () => {
      const content = await input.fingerprint()
      // The same file read in another way is another list.
      return content === undefined ? undefined : digest([format, JSON.stringify(columns, Object.keys(columns).sort()), content])
    },
    ...(input.size === undefined ? {} : { size: input.size }),
  }
}

function standardInput(stdin: Readable | undefined): ListInput {
  if (stdin === undefined) throw new RunError('ERR_OPTIONS', '-i - needs a standard input')
  return streamInput(stdin)
}

type ReadFormat = InputFormat | 'xml'

const BY_ENDING: Readonly<Record<string, ReadFormat>> = {
  '.txt': 'txt',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.parquet': 'parquet',
  '.metalink': 'metalink',
  '.meta4': 'metalink',
  '.xml': 'xml',
}

function formatOf(path: string): ReadFormat {
  const ending = extname(path.replace(/\.gz$/i, '')).toLowerCase()
  return Object.hasOwn(BY_ENDING, ending) ? (BY_ENDING[ending] ?? 'txt') : 'txt'
}

type Batches = AsyncIterable<EntryBatch>

async function openReader(
  format: ReadFormat,
  input: ListInput,
  list: ListName,
  columns: ColumnOptions,
): Promise<(signal?: AbortSignal, from?: ListPlace) => Batches> {
  if (format === 'parquet') {
    const file = parquetFile(input)
    const { readParquet } = await import('./parquet.js')
    return () => readParquet(file, list, columns)
  }
  const readText = await textReader(format)
  if (format !== 'txt' && format !== 'jsonl') return (signal) => readText(plainBytes(input, signal), list, columns)
  return (signal, from) => readPlaces(readText, input, list, columns, signal, from)
}

/** Formats with an entry a line, which can be read from any line on. */
async function* readPlaces(
  readText: TextReader,
  input: ListInput,
  list: ListName,
  columns: ColumnOptions,
  signal: AbortSignal | undefined,
  from: ListPlace | undefined,
): AsyncGenerator<EntryBatch> {
  const byte = from?.byte ?? (await lookAtText(input))?.begin
  if (byte === undefined) yield* readText(plainBytes(input, signal), list, columns)
  else yield* readText(input.chunks(signal, byte), list, columns, from ?? { byte, line: 0 })
}

type TextReader = (bytes: AsyncIterable<Buffer>, list: ListName, columns: ColumnOptions, from?: ListPlace) => Batches

async function textReader(format: Exclude<ReadFormat, 'parquet'>): Promise<TextReader> {
  switch (format) {
    case 'csv':
    case 'tsv': {
      const { CSV, readTable, TSV } = await import('./csv.js')
      return (bytes, list, columns) => readTable(bytes, list, format === 'csv' ? CSV : TSV, columns)
    }
    case 'jsonl':
      return (await import('./json-lines.js')).readJsonLines
    case 'metalink':
    case 'sitemap':
    case 'xml': {
      const { readXml } = await import('./xml.js')
      return (bytes, list) => readXml(bytes, list, format === 'xml' ? undefined : format)
    }
    default: {
      const { readUrlLines } = await import('./lines.js')
      return (bytes, list, _columns, from) => readUrlLines(bytes, list, from)
    }
  }
}

/** One chunk of bytes can be many batches: an abort ends them too. */
async function* untilAborted(batches: Batches, signal: AbortSignal | undefined): AsyncGenerator<EntryBatch> {
  for await (const batch of batches) {
    signal?.throwIfAborted()
    yield batch
  }
}

function parquetFile({ name, file }: ListInput): string {
  if (file === undefined || /\.gz$/i.test(name)) {
    throw new RunError('ERR_SOURCE', `${name}: parquet is read from its end, so it must be a file, and not gzip`)
  }
  return file
}

const digest = (texts: readonly string[]): string => createHash('sha256').update(texts.join('\n')).digest('hex')
