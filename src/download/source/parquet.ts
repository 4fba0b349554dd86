/** Parquet: row group by row group, only the columns asked for. The end of the file is read first, so it must be a file. */
import { type FileHandle, open } from 'node:fs/promises'
import zlib from 'node:zlib'
import type { AsyncBuffer, Compressors } from 'hyparquet'
import { RunError } from '../errors.js'
import { type ColumnOptions, findColumns, type FoundColumns, mirrorsOf } from './columns.js'
import { BATCH, badEntry, goodEntry, type ListName } from './entries.js'
import { inputOf, type InputKeys, jobKeys } from './input-of.js'
import type { SourceEntry } from './source.js'

/**
 * @param file path of a regular file
 * @throws RunError ERR_SOURCE when it is no parquet file, is broken, or is compressed in a way this Node.js cannot read
 */
export async function* readParquet(file: string, list: ListName, columns: ColumnOptions): AsyncGenerator<readonly SourceEntry[]> {
  const handle = await named(list, open(file))
  try {
    yield* readRowGroups(await named(list, bufferOf(handle)), list, columns)
  } finally {
    await handle.close()
  }
}

async function* readRowGroups(file: AsyncBuffer, list: ListName, columns: ColumnOptions): AsyncGenerator<readonly SourceEntry[]> {
  const { parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import('hyparquet')
  const metadata = await named(list, parquetMetadataAsync(file))
  const header = parquetSchema(metadata).children.map(({ element }) => element.name)
  const found = findColumns(header, columns, list.name)
  const names = [...new Set(Object.values(found) as string[])]
  let rowStart = 0
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows)
    const rows = await named(list, parquetReadObjects({ file, metadata, columns: names, rowStart, rowEnd, compressors }))
    for (let from = 0; from < rows.length; from += BATCH) {
      const first = rowStart + from + 1
      yield rows.slice(from, from + BATCH).map((row, index) => entryOf(row, found, first + index, list))
    }
    rowStart = rowEnd
  }
}

/** hyparquet's own opens the file anew for each piece, and closes it some time later. */
async function bufferOf(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat()
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const bytes = new Uint8Array(end - start)
      let filled = 0
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled)
        if (bytesRead === 0) throw new Error('the file is shorter than it was')
        filled += bytesRead
      }
      return bytes.buffer
    },
  }
}

async function named<Result>({ name }: ListName, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const hint = why.includes('ZSTD') ? ' (needs Node.js 22.15 or newer)' : ''
    throw new RunError('ERR_SOURCE', `${name} cannot be read as parquet: ${why}${hint}`, { cause })
  }
}

/** `number` is the row's, from 1. */
function entryOf(row: Readonly<Record<string, unknown>>, found: FoundColumns, number: number, list: ListName): SourceEntry {
  const keys: InputKeys = { ...jobKeys, ...found }
  const cell = found.mirrors === undefined ? undefined : row[found.mirrors]
  const input = inputOf(typeof cell === 'string' ? { ...row, [keys.mirrors]: mirrorsOf(cell) } : row, keys)
  if (typeof input !== 'string') return goodEntry(input, number, list)
  const url = row[found.url]
  return badEntry('INVALID_ROW', input, typeof url === 'string' ? url : `row ${String(number)}`, number, list)
}

/** What zlib knows; snappy is in hyparquet. A page may not become larger than it says. */
const compressors: Compressors = {
  GZIP: (input, maxOutputLength) => zlib.gunzipSync(input, { maxOutputLength }),
  BROTLI: (input, maxOutputLength) => zlib.brotliDecompressSync(input, { maxOutputLength }),
  ...zstd(),
}

/** From Node.js 22.15 on. */
function zstd(): Compressors {
  const { zstdDecompressSync } = zlib as {
    zstdDecompressSync?: (input: Uint8Array, options: { maxOutputLength: number }) => Uint8Array
  }
  if (zstdDecompressSync === undefined) return {}
  return { ZSTD: (input, maxOutputLength) => zstdDecompressSync(input, { maxOutputLength }) }
}
