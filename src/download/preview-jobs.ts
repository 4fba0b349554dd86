/** What a run would do, without doing it: for `--dry-run`. */
import { checkOptions } from './check-options.js'
import { filesOf } from './journal/files-of.js'
import { makeJob } from './make-job.js'
import { existingNames } from './naming/existing-names.js'
import { newNaming } from './naming/naming.js'
import type { DownloadOptions } from './options.js'
import { redactUrl } from './redact-url.js'
import { resolveOptions } from './resolve-options.js'
import { tarName } from './sink/tar/shard-names.js'
import { asSource } from './source/as-source.js'
import type { GivenList } from './source/given.js'
import type { Source } from './source/source.js'
import { version } from './version.js'

/** One line of the list, as a fresh run would take it. */
export type Preview =
  | { readonly id: number; readonly url: string; readonly file: string; readonly member?: string }
  | {
      readonly id: number
      /** Redacted, or the text of a line that is no URL. */
      readonly url: string
      readonly line?: number
      readonly list?: string
      readonly problem: { readonly code: string; readonly message: string }
    }

/**
 * Reads the list and says which file each line would go to. Requests nothing and writes nothing.
 *
 * @throws {RunError} ERR_OPTIONS, ERR_SOURCE
 */
export async function* previewJobs(
  list: GivenList | Source,
  options: DownloadOptions = {},
): AsyncGenerator<Preview, void, undefined> {
  checkOptions(options)
  const resolved = resolveOptions(options, version())
  const { plan, output } = resolved
  const { shardSize } = plan.sink
  const { names, claims } = newNaming(resolved)
  if (shardSize === undefined) {
    const ours = await filesOf(output)
    for (const name of existingNames(output)) if (!ours.has(name)) claims.takeExisting(name)
  }
  let id = -1
  for await (const batch of asSource(list).batches(options.signal)) {
    for (const entry of batch) {
      id += 1
      const { line, list: name } = entry
      const where = { ...(line === undefined ? {} : { line }), ...(name === undefined ? {} : { list: name }) }
      if (!('input' in entry)) {
        yield { id, url: entry.text, ...where, problem: entry.problem }
        continue
      }
      const made = makeJob(entry.input)
      const url = redactUrl(made.ok ? made.url : entry.input.url, plan.secretParameters)
      if (!made.ok) {
        yield { id, url, ...where, problem: made.problem }
        continue
      }
      const named = names.claim(id, made.url, made.name)
      if ('file' in named) yield { id, url, ...placeOf(id, named.file, shardSize) }
      else yield { id, url, ...where, problem: { code: 'INVALID_NAME', message: named.message } }
    }
  }
}

function placeOf(id: number, file: string, shardSize: number | undefined): { readonly file: string; readonly member?: string } {
  return shardSize === undefined ? { file } : { file: tarName(Math.floor(id / shardSize)), member: file }
}
