/** Exports the records of a folder as one table. What writes it is loaded only when somebody asks for one. */
import { extname } from 'node:path'
import { RunError } from '../errors.js'

const formats = ['.jsonl', '.csv', '.parquet'] as const
export type ResultsFormat = (typeof formats)[number]

export interface ExportOptions {
  /** Most lines that are brought into the order of the list; with more they stay in the order in which they ended. @default 10_000_000 */
  readonly mostInOrder?: number
}

export interface Exported {
  readonly records: number
  readonly order: 'list' | 'ended'
}

/**
 * The format a results file will have, by its name; for refusing early what cannot be written.
 *
 * @throws RunError ERR_OPTIONS for another ending
 */
export function resultsFormat(file: string): ResultsFormat {
  const ending = extname(file).toLowerCase()
  const format = formats.find((one) => one === ending)
  if (format === undefined) {
    throw new RunError(
      'ERR_OPTIONS',
      `${file} ends in none of ${formats.join(', ')}, by which the format of results is chosen; rename it`,
    )
  }
  return format
}

/**
 * Writes the records of `output` to `file` (.jsonl, .csv or .parquet), whole or not at all. What is there is replaced.
 *
 * @throws RunError ERR_OPTIONS, ERR_JOURNAL, ERR_OUTPUT
 */
export async function exportResults(output: string, file: string, options?: ExportOptions): Promise<Exported> {
  const format = resultsFormat(file)
  const { writeResults } = await import('./write-results.js')
  return await writeResults(output, file, format, options)
}
