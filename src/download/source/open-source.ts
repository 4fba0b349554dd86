/** The one place that knows all sources: what the caller names becomes one list. */
import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import type { Readable } from 'node:stream'
import { RunError } from '../errors.js'
import type { ColumnOptions } from './columns.js'
import { CSV, readTable, TSV } from './csv.js'
import type { ListName } from './entries.js'
import { globSource } from './glob-source.js'
import { readJsonLines } from './json-lines.js'
import { readUrlLines } from './lines.js'
import { fileInput, type ListInput, streamInput } from './list-input.js'
import { readParquet } from './parquet.js'
import { plainBytes } from './plain-bytes.js'
import type { Source, SourceEntry } from './source.js'
import { readXml } from './xml.js'

export const INPUT_FORMATS = ['txt', 'csv', 'tsv', 'jsonl', 'parquet', 'metalink', 'sitemap'] as const
export type InputFormat = (typeof INPUT_FORMATS)[number]

export interface SourceOptions {
  /** URLs, perhaps with globs; they come before the inputs. */
  readonly urls?: readonly string[]
  /** Files of lists, read in this order; `-` is standard input. */
  readonly inputs?: readonly string[]
  /** Of all inputs. @default by the ending of the name, without .gz: txt for an unknown one and for standard input */
  readonly format?: InputFormat
  readonly columns?: ColumnOptions
  /** What `-` stands for. */
  readonly stdin?: Readable
}

/**
 * Opens what was named: mistakes in globs and files that are missing are found now, before the first request.
 *
 * @throws RunError ERR_OPTIONS (a glob, nothing named, `-` named twice) or ERR_SOURCE (a file)
 */
export async function openSource({ urls = [], inputs = [], format, columns = {}, stdin }: SourceOptions): Promise<Source> {
  if (urls.length === 0 && inputs.length === 0)
    throw new RunError('ERR_OPTIONS', 'nothing to download: name URLs, or a list with -i')
  if (inputs.filter((input) => input === '-').length > 1) throw new RunError('ERR_OPTIONS', '-i - can be given only once')
  const sources: Source[] = urls.length === 0 ? [] : [globSource(urls)]
  for (const path of inputs) {
    const input = path === '-' ? standardInput(stdin) : await fileInput(path)
    sources.push(listSource(input, format ?? formatOf(path), columns, inputs.length > 1))
  }
  return sources.length === 1 ? (sources[0] as Source) : inTurn(sources)
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

function listSource(input: ListInput, format: ReadFormat, columns: ColumnOptions, several: boolean): Source {
  const list: ListName = several ? { name: input.name, list: input.name } : { name: input.name }
  const parquet = format === 'parquet' ? parquetFile(input) : undefined
  return {
    batches: (signal) =>
      untilAborted(
        parquet === undefined ? readText(format, plainBytes(input, signal), list, columns) : readParquet(parquet, list, columns),
        signal,
      ),
    fingerprint: async () => {
      const content = await input.fingerprint()
      // The same file read in another way is another list.
      return content === undefined ? undefined : digest([format, JSON.stringify(columns, Object.keys(columns).sort()), content])
    },
    ...(input.size === undefined ? {} : { size: input.size }),
  }
}

/** One chunk of bytes can be many batches: an abort ends them too. */
async function* untilAborted(
  batches: AsyncIterable<readonly SourceEntry[]>,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly SourceEntry[]> {
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

function readText(
  format: ReadFormat,
  bytes: AsyncIterable<Buffer>,
  list: ListName,
  columns: ColumnOptions,
): AsyncIterable<readonly SourceEntry[]> {
  switch (format) {
    case 'csv':
      return readTable(bytes, list, CSV, columns)
    case 'tsv':
      return readTable(bytes, list, TSV, columns)
    case 'jsonl':
      return readJsonLines(bytes, list, columns)
    case 'metalink':
    case 'sitemap':
      return readXml(bytes, list, format)
    case 'xml':
      return readXml(bytes, list)
    default:
      return readUrlLines(bytes, list)
  }
}

function inTurn(sources: readonly Source[]): Source {
  const sizes = sources.map(({ size }) => size)
  const size = sizes.reduce((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0)
  return {
    async *batches(signal) {
      for (const source of sources) yield* source.batches(signal)
    },
    async fingerprint() {
      const prints = await Promise.all(sources.map((source) => source.fingerprint()))
      return prints.every((print) => print !== undefined) ? digest(prints) : undefined
    },
    ...(size === undefined ? {} : { size }),
  }
}

const digest = (texts: readonly string[]): string => createHash('sha256').update(texts.join('\n')).digest('hex')
