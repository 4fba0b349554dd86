/** Outcome: what became of one job. The record in the journal, the event, and what the library hands out are this one object. */
import type { FailureCode } from './errors.js'

export const STATUSES = ['ok', 'unchanged', 'skipped', 'not-found', 'error', 'invalid'] as const
/**
 * `ok`: whole, verified, and under its final name. `unchanged`: the server says that the file here is current. `skipped`: its name was taken
 * (`--on-collision skip`). `not-found`: 404 or 410. `invalid`: the line makes no job. `error`: everything else.
 */
export type Status = (typeof STATUSES)[number]

/** Milliseconds, whole. */
export interface Durations {
  /** From ready to be sent to sent: queue, politeness and earlier attempts. */
  readonly wait?: number
  /** Until the connection stood; absent when one was open already. */
  readonly connect?: number
  /** From sent to the first byte of the final answer's head. */
  readonly ttfb?: number
  /** From the begin of the last attempt to its end. */
  readonly total?: number
}

/** Absent fields are omitted, never null. */
export interface Outcome {
  readonly id: number
  /** Redacted: no userinfo, no values of secret query keys. For an `invalid` line its text, made printable and cut. */
  readonly url: string
  readonly status: Status
  /** Why it is not ok. */
  readonly code?: FailureCode
  /** Status of the last answer. */
  readonly http?: number
  /** Relative to the output, `/` between folders. */
  readonly file?: string
  /** In a tar shard, which `file` names: the name of the sample there; `bytes` and `sha256` are the sample's. */
  readonly member?: string
  readonly bytes?: number
  /** Hex. */
  readonly sha256?: string
  readonly etag?: string
  readonly lastModified?: string
  readonly contentType?: string
  /** Where redirects led, redacted, also where that failed; absent when they led nowhere. */
  readonly finalUrl?: string
  /** Requests for this job, redirects not counted. */
  readonly attempts?: number
  /** ISO 8601, begin of the last attempt. */
  readonly start?: string
  readonly ms?: Durations
  /** Which thread or process. */
  readonly worker?: string
  /** For `invalid`: line in the text of the list, from 1, and which list when there are several. */
  readonly line?: number
  readonly list?: string
  readonly error?: { readonly message: string; readonly cause?: string }
}
