import { readFileSync } from 'node:fs'

/** The version of this package, such as `1.2.3`. */
export function version(): string {
  // The same two steps up from src/download and from dist/download.
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}
