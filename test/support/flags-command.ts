/** `halyard flags` in an empty folder, and what its report says. */
import type { TestContext } from 'node:test'
import type { Ended, ProgramOptions } from './child-program.js'
import { halyard } from './halyard.js'
import { temporaryFolder } from './temporary-folder.js'

/** What `--style` takes. */
export const styles: readonly string[] = ['sequential', 'async', 'threads', 'processes']

/** The codes of the default flags, sorted. */
export const POP20: readonly string[] = 'BG BR CD CN DE EG ET FR ID IN IR JP MX NG PH PK RU TR US VN'.split(' ')

/** Runs `halyard flags ARGS` in an empty folder. */
export async function flags(
  t: TestContext,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Ended & { readonly folder: string }> {
  const folder = temporaryFolder(t)
  return { ...(await halyard(t, ['flags', ...args], { cwd: folder, ...options })), folder }
}

/** Flags downloaded, not found, errors. */
export function counts(stdout: string): [ok: number, notFound: number, errors: number] {
  const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? 0)
  return [number(/^ *(\d+) flags? downloaded\.$/m), number(/^ *(\d+) not found\.$/m), number(/^ *(\d+) errors?\.$/m)]
}
