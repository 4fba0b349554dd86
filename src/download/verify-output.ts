/** Hashes every file of a run again and compares it with its record: for `halyard verify`. */
import { join, resolve } from 'node:path'
import { readOutcomes } from './journal/read-journal.js'
import { hashFile } from './verify/digest.js'

/** A file that is not what its record says. */
export interface VerifyProblem {
  readonly id: number
  /** Relative to the output. */
  readonly file: string
  readonly problem: 'missing' | 'changed' | 'unreadable'
  readonly message: string
}

export interface VerifyResult {
  /** Files hashed. */
  readonly checked: number
  /** Files that are there but not as recorded. */
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
 * Reads all files that the records of `output` name. Needs no lock and changes nothing.
 *
 * @throws {RunError} ERR_JOURNAL; the reason of `signal`
 */
export async function verifyOutput(output: string, options: VerifyOptions = {}): Promise<VerifyResult> {
  const { onProblem, onChecked, signal } = options
  const root = resolve(output)
  let checked = 0
  let bad = 0
  let missing = 0
  let total = 0
  for await (const outcomes of readOutcomes(root)) {
    for (const { id, status, file, sha256, bytes } of outcomes) {
      if (file === undefined || (status !== 'ok' && status !== 'unchanged')) continue
      signal?.throwIfAborted()
      const tell = (problem: VerifyProblem['problem'], message: string): void => onProblem?.({ id, file, problem, message })
      try {
        const found = await hashFile(join(root, file))
        checked += 1
        total += found.bytes
        if (sha256 !== undefined && found.sha256 !== sha256) {
          bad += 1
          tell(
            'changed',
            `sha256 is ${found.sha256}, was ${sha256}${found.bytes === bytes ? '' : `; ${found.bytes} bytes, were ${bytes}`}`,
          )
        }
      } catch (error) {
        const { code = 'error' } = error as NodeJS.ErrnoException
        if (code === 'ENOENT' || code === 'ENOTDIR') {
          missing += 1
          tell('missing', 'the file is not there')
        } else {
          bad += 1
          tell('unreadable', `cannot be read (${code})`)
        }
      }
      onChecked?.(checked, total)
    }
  }
  return { checked, bad, missing, bytes: total }
}
