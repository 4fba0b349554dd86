/** URLs of the command line as a list. */
import { createHash } from 'node:crypto'
import { RunError } from '../errors.js'
import { redactUrl } from '../redact-url.js'
import { BATCH } from './entries.js'
import { parseGlob } from './globs.js'
import type { Source, SourceEntry } from './source.js'

/** @throws RunError ERR_OPTIONS that names the URL and the position in it */
export function globSource(urls: readonly string[]): Source {
  const globs = urls.map((url) => {
    try {
      return parseGlob(url)
    } catch (error) {
      throw error instanceof RunError ? new RunError(error.code, `${redactUrl(url)}: ${error.message}`) : error
    }
  })
  return {
    // eslint-disable-next-line typescript/require-await
    async *batches(signal) {
      signal?.throwIfAborted()
      let batch: SourceEntry[] = []
      for (const glob of globs) {
        for (const url of glob) {
          batch.push({ input: { url } })
          if (batch.length < BATCH) continue
          yield batch
          batch = []
          signal?.throwIfAborted()
        }
      }
      if (batch.length > 0) yield batch
    },
    fingerprint: () => Promise.resolve(createHash('sha256').update(urls.join('\n')).digest('hex')),
    size: urls.reduce((sum, url) => sum + url.length, 0),
  }
}
