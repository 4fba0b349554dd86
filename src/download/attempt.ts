/** What one attempt says of itself. Built field by field: a hundred thousand of them are, and spreading objects costs ten times as much. */
import { DownloadError, type FailureCode } from './errors.js'
import type { FetchResult } from './fetch/fetcher.js'
import { isoTime } from './iso-time.js'
import type { Job } from './job.js'
import type { Durations, Outcome } from './outcome.js'
import type { Plan } from './plan.js'
import { redactUrl } from './redact-url.js'
import type { Committed, Spooled } from './sink/sink.js'
import { codeOfUnnamed } from './unnamed-failure.js'

/** What one attempt came to, for the run: the record it would make, and what the server asks of us. */
export interface Attempt {
  readonly outcome: Outcome
  /** Where the bytes wait, if their file is made of many. */
  readonly spooled?: Spooled
  /** ms */
  readonly retryAfter?: number
}

type Draft<T> = { -readonly [name in keyof T]: T[name] }

/** The circumstances of an attempt. */
export interface Circumstances {
  readonly job: Job
  readonly plan: Plan
  /** Where from: `job.url`, or one of its mirrors. */
  readonly url: string
  /** ms since 1970. */
  readonly start: number
  readonly worker: string | undefined
}

export function downloaded(of: Circumstances, result: FetchResult, committed: Committed, sha256: string): Attempt {
  const { file, member, bytes, spooled } = committed
  const { status, etag, lastModified, contentType, url } = result.head
  const outcome = draft(of, 'ok')
  outcome.http = status
  outcome.file = file
  if (member !== undefined) outcome.member = member
  outcome.bytes = bytes
  outcome.sha256 = sha256
  if (etag !== undefined) outcome.etag = etag
  if (lastModified !== undefined) outcome.lastModified = lastModified
  if (contentType !== undefined) outcome.contentType = contentType
  if (url !== of.url) outcome.finalUrl = redactUrl(url, of.plan.secretParameters)
  timed(outcome, of, result.ms)
  return spooled === undefined ? { outcome } : { outcome, spooled }
}

/** The server says that what is here is current. */
export function unchanged(of: Circumstances, { head, ms }: FetchResult): Attempt {
  const { known } = of.job
  const outcome = draft(of, 'unchanged')
  outcome.http = 304
  if (known !== undefined) {
    const etag = head.etag ?? known.etag
    const lastModified = head.lastModified ?? known.lastModified
    outcome.file = known.file
    if (known.bytes !== undefined) outcome.bytes = known.bytes
    if (known.sha256 !== undefined) outcome.sha256 = known.sha256
    if (etag !== undefined) outcome.etag = etag
    if (lastModified !== undefined) outcome.lastModified = lastModified
  }
  return { outcome: timed(outcome, of, ms) }
}

/** @param finalUrl where redirects led before it failed */
export function failed(of: Circumstances, { code, http, retryAfter, message, cause }: DownloadError, finalUrl?: string): Attempt {
  const outcome = draft(of, isNotFound(code) ? 'not-found' : 'error')
  outcome.code = code
  if (http !== undefined) outcome.http = http
  if (finalUrl !== undefined) outcome.finalUrl = redactUrl(finalUrl, of.plan.secretParameters)
  const reason = shown(message, of.plan)
  outcome.error = cause instanceof Error ? { message: reason, cause: shown(causeText(cause), of.plan) } : { message: reason }
  timed(outcome, of)
  return retryAfter === undefined ? { outcome } : { outcome, retryAfter }
}

/** Adds what only the run knows. To the outcome itself, which nobody has seen yet: a copy would be an object of the slow kind. */
export function completed(outcome: Outcome, attempts: number, waited: number): Outcome {
  const record: Draft<Outcome> = outcome
  record.attempts = attempts
  if (record.ms !== undefined) (record.ms as Draft<Durations>).wait = Math.round(waited)
  return record
}

/** Whatever was thrown, as a failure with a code. */
export function asDownloadError(error: unknown): DownloadError {
  if (error instanceof DownloadError) return error
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new DownloadError(codeOfUnnamed(error), message, { cause: error })
}

function draft({ job, plan }: Circumstances, status: Outcome['status']): Draft<Outcome> {
  return { id: job.id, url: redactUrl(job.url, plan.secretParameters), status }
}

function timed(outcome: Draft<Outcome>, { start, worker }: Circumstances, times?: FetchResult['ms']): Outcome {
  const ms: Draft<Durations> = { total: Date.now() - start }
  if (times?.connect !== undefined) ms.connect = Math.round(times.connect)
  if (times !== undefined) ms.ttfb = Math.round(times.ttfb)
  outcome.start = isoTime(start)
  outcome.ms = ms
  if (worker !== undefined) outcome.worker = worker
  return outcome
}

const isNotFound = (code: FailureCode): boolean => code === 'HTTP_404' || code === 'HTTP_410'

function causeText(cause: Error): string {
  const { code } = cause as NodeJS.ErrnoException
  return code === undefined ? cause.message : `${code}: ${cause.message}`
}

/** Messages may quote an address; secrets in it are hidden as everywhere. */
function shown(text: string, plan: Plan): string {
  return text.replaceAll(/https?:\/\/[^\s'"<>]+/g, (url) => redactUrl(url, plan.secretParameters)).slice(0, 1000)
}
