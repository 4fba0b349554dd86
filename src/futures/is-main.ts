import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { inWorker } from './worker/in-worker.js'

/**
 * Whether this module is the program: Python's `if __name__ == '__main__'`. False in every worker, so the main part of a program does not
 * run again where only one of its functions is wanted.
 * @example if (isMain(import.meta)) await main()
 */
export function isMain(meta: { readonly url: string }): boolean {
  const entry = process.argv[1]
  if (!isMainThread || inWorker() || entry === undefined || !meta.url.startsWith('file:')) return false
  const path = fileURLToPath(meta.url)
  if (path === entry) return true
  // The entry may be a link (npm makes one for every `bin`), or lack its extension.
  for (const candidate of [entry, `${entry}.js`, `${entry}.mjs`, `${entry}.cjs`, `${entry}/index.js`]) {
    try {
      if (realpathSync(candidate) === path) return true
    } catch {
      // No such file: not this one.
    }
  }
  return false
}
