/** Failures that reach us without a code of ours: a mistake, or a module that could not be loaded for want of file descriptors. */
import type { FailureCode } from './errors.js'

const TOO_MANY_FILES: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE'])

export function codeOfUnnamed(error: unknown): FailureCode {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return TOO_MANY_FILES.has(code) ? 'EMFILE' : 'INTERNAL'
}
