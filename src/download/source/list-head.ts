/** The part that could be read of a list that broke off, so that the run can be continued with the list that was mended, and with no other. */
import { createHash } from 'node:crypto'
import { RunError } from '../errors.js'
import type { Source, SourceEntry } from './source.js'

export interface ListHead {
  readonly entries: number
  /** sha256 of them. */
  readonly digest: string
}

/** Reads a list up to where it breaks off. Undefined: it does not, any more. */
export async function headOfBroken(source: Source): Promise<ListHead | undefined> {
  const hash = createHash('sha256')
  let entries = 0
  try {
    for await (const batch of source.batches()) {
      entries += batch.length
      hash.update(batch.map(lineOf).join(''))
    }
    return undefined
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'ERR_SOURCE') throw error
    return { entries, digest: hash.digest('hex') }
  }
}

/** Whether a list begins with just these entries, under the same numbers of lines. */
export async function beginsWith(source: Source, { entries, digest }: ListHead): Promise<boolean> {
  const hash = createHash('sha256')
  let left = entries
  for await (const batch of source.batches()) {
    const compared = batch.slice(0, left)
    hash.update(compared.map(lineOf).join(''))
    left -= compared.length
    if (left === 0) break
  }
  return left === 0 && hash.digest('hex') === digest
}

/** Not the name of the list: it may lie elsewhere now. */
function lineOf({ line, ...entry }: SourceEntry): string {
  const said = 'input' in entry ? entry.input : [entry.problem.code, entry.text]
  return `${JSON.stringify([line, said])}\n`
}
