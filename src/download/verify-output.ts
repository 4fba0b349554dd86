/** Hashes every file of a run again and compares it with its record: for `halyard verify`. */
import { join, resolve } from 'node:path'
import { readOutcomes } from './journal/read-journal.js'
import type { Outcome } from './outcome.js'
import { madeShards } from './sink/tar/foreign-shards.js'
import { hashFile } from './verify/digest.js'
import { type Found, hasFile } from './verify/found.js'

/** A file that is not what its record says. */
export interface VerifyProblem {
  readonly id: number
  /** Relative to the output. */
  readonly file: string
  /** The sample, where `file` is a tar shard. */
  readonly member?: string
  readonly problem: 'missing' | 'changed' | 'unreadable'
  readonly message: string
}

export interface VerifyResult {
  /** Files (in tar shards: samples) hashed. */
  readonly checked: number
  /** Those that are there but not as recorded. */
  readonly bad: number
  readonly missing: number
  readonly bytes: number
}

export interface VerifyOptions {
  readonly onProblem?: (problem: VerifyProblem) => void
  /** Is told after each file. */
  readonly onChecked?: (checked: number, bytes: number) => void
  readonly signal?: AbortSignal
}

/**
 * Reads all files that the records of `output` name; of tar shards that are not whole yet, what is safe of them. Needs no lock and changes
 * nothing.
 *
 * @throws {RunError} ERR_JOURNAL; the reason of `signal`
 */
export async function verifyOutput(output: string, options: VerifyOptions = {}): Promise<VerifyResult> {
  const { onProblem, onChecked, signal } = options
  const root = resolve(output)
  const result = { checked: 0, bad: 0, missing: 0, bytes: 0 }
  const recorded = madeShards(root) ? (await import('./sink/tar/sample-hashes.js')).samplesInOrder(root) : files(root)
  for await (const [{ id, file = '', member, sha256, bytes }, found] of recorded) {
    signal?.throwIfAborted()
    const problem = 'problem' in found ? found : difference(found, sha256, bytes)
    if (!('problem' in found)) {
      result.checked += 1
      result.bytes += found.bytes
    }
    if (problem !== undefined) {
      result[problem.problem === 'missing' ? 'missing' : 'bad'] += 1
      onProblem?.({ id, file, ...(member === undefined ? {} : { member }), ...problem })
    }
    onChecked?.(result.checked, result.bytes)
  }
  return result
}

async function* files(root: string): AsyncGenerator<readonly [Outcome, Found], void, undefined> {
  for await (const outcomes of readOutcomes(root)) {
    for (const outcome of outcomes) if (hasFile(outcome)) yield [outcome, await fileOf(join(root, outcome.file ?? ''))]
  }
}

async function fileOf(path: string): Promise<Found> {
  try {
    return await hashFile(path)
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return { problem: 'missing', message: 'the file is not there' }
    return { problem: 'unreadable', message: `cannot be read (${code})` }
  }
}

function difference(
  found: { readonly sha256: string; readonly bytes: number },
  sha256: string | undefined,
  bytes: number | undefined,
) {
  if (sha256 === undefined || found.sha256 === sha256) return undefined
  const length = found.bytes === bytes ? '' : `; ${found.bytes} bytes, were ${bytes}`
  return { problem: 'changed', message: `sha256 is ${found.sha256}, was ${sha256}${length}` } as const
}
