import { downloadMany } from './download-many.js'
import type { DownloadOptions } from './options.js'
import type { Outcome } from './outcome.js'
import type { GivenItem } from './source/given.js'

/**
 * Downloads one file: {@link downloadMany} for a list of one, without a journal. For more than a handful use that: it keeps connections, is
 * polite to hosts as a whole, and can be continued.
 *
 * @returns what became of it; a download that fails is an outcome, not an exception
 * @throws {RunError} ERR_OPTIONS, ERR_OUTPUT
 */
export async function downloadOne(
  input: GivenItem,
  options: Omit<DownloadOptions, 'journal' | 'retryFailed' | 'refresh' | 'fresh'> = {},
): Promise<Outcome> {
  const run = downloadMany([input], { ...options, journal: false })
  for await (const outcome of run) return outcome
  await run.summary
  // Nothing was recorded: the run was ended by its signal.
  throw options.signal?.reason ?? new Error('the download was ended')
}
