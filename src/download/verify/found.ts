import type { Outcome } from '../outcome.js'

/** What is there in place of a file or a sample: its hash, or why there is none. */
export type Found =
  | { readonly sha256: string; readonly bytes: number }
  | { readonly problem: 'missing' | 'unreadable'; readonly message: string }

/** Whether a record says that there is one. */
export function hasFile({ status, file }: Outcome): boolean {
  return file !== undefined && (status === 'ok' || status === 'unchanged')
}
