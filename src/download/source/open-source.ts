/** What the caller names becomes one list. What reads it is loaded only now, and only what this list takes. */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { RunError } from '../errors.js'
import type { ColumnOptions } from './columns.js'
import type { Source } from './source.js'

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
  const sources: Source[] = urls.length === 0 ? [] : [(await import('./glob-source.js')).globSource(urls)]
  for (const path of inputs) {
    const { openList } = await import('./open-list.js')
    sources.push(await openList(path, { format, columns, stdin, several: inputs.length > 1 }))
  }
  return sources.length === 1 ? (sources[0] as Source) : inTurn(sources)
}

function inTurn(sources: readonly Source[]): Source {
  const sizes = sources.map(({ size }) => size)
  const size = sizes.reduce((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0)
  return {
    async *batches(signal) {
      // A place in one of them is no place in all of them.
      for (const source of sources)
        for await (const batch of source.batches(signal)) yield batch.next === undefined ? batch : [...batch]
    },
    async expected() {
      let sum: number | undefined = 0
      for (const source of sources) {
        const one = await source.expected?.()
        sum = sum === undefined || one === undefined ? undefined : sum + one
      }
      return sum
    },
    async fingerprint() {
      const prints = await Promise.all(sources.map((source) => source.fingerprint()))
      return prints.every((print) => print !== undefined) ? digest(prints) : undefined
    },
    ...(size === undefined ? {} : { size }),
  }
}

const digest = (texts: readonly string[]): string => createHash('sha256').update(texts.join('\n')).digest('hex')
