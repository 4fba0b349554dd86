/** The closed list of things a run says while it goes on. */
import type { Outcome } from './outcome.js'

export type RunEvent =
  /** Before the first request. `resumed`: lines done by earlier runs; `concurrency`: the most that will be under way at once. */
  | { readonly type: 'start'; readonly resumed: number; readonly style: string; readonly concurrency: number }
  /** A request is about to be made. `url` is redacted. */
  | { readonly type: 'begin'; readonly id: number; readonly url: string; readonly file: string; readonly attempt: number }
  /** A transfer that takes its time: at most four times a second each. `total` where announced. */
  | { readonly type: 'progress'; readonly id: number; readonly bytes: number; readonly total?: number }
  /** An attempt failed and there will be another, in `delay` ms. */
  | { readonly type: 'retry'; readonly id: number; readonly code: string; readonly attempt: number; readonly delay: number }
  /** A host asked to be left alone, or failed too often. */
  | { readonly type: 'host'; readonly host: string; readonly state: 'cooling' | 'down' | 'up'; readonly delay?: number }
  /** A line is done. Recorded already. */
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  /** A tar shard is whole and under its name: every line of it has its record. `bytes` are the archive's. */
  | { readonly type: 'shard'; readonly file: string; readonly samples: number; readonly bytes: number }
  /** Something a person should know: concurrency lowered, a stale lock removed. */
  | { readonly type: 'notice'; readonly message: string }
