import { readFileSync } from 'node:fs'

/** Returns the version of this package, such as `1.2.3`. */
export function version(): string {
  // The same two steps up from src/cli and from dist/cli.
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}
