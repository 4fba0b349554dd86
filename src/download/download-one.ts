/**
 * The body of the loop: one job, one attempt, in any executor.
 *
 *   begin ─▶ fetch ─▶ verify ─▶ commit ─▶ outcome
 *
 * Guarantees: under the final name there is nothing until all of it is there and verified; a failure is a value, never an exception.
 */
import { currentTask } from '../futures/index.js'
import { DownloadError, type FailureCode } from './errors.js'
import type { FetchRequest, FetchResult, Receiver, ResponseHead } from './fetch/fetcher.js'
import type { Job } from './job.js'
import type { Outcome } from './outcome.js'
import type { Plan } from './plan.js'
import { redactUrl } from './redact-url.js'
import type { Part, Sink } from './sink/sink.js'
import { toolsFor } from './tools.js'
import { codeOfUnnamed } from './unnamed-failure.js'
import { type Digests, newDigests, verifySize } from './verify/digest.js'

/** What one attempt came to, for the run: the record it would make, and what the server asks of us. */
export interface Attempt {
  readonly outcome: Outcome
  /** ms */
  readonly retryAfter?: number
}

/** What a transfer that takes its time says of itself. */
export interface TransferProgress {
  readonly bytes: number
  readonly total?: number
}

/** A transfer speaks up after this many ms, and then at most that often. */
const QUIET = 500
const INTERVAL = 250

/** Bytes that were right as far as they went, so that the next attempt may continue them. */
const CONTINUABLE: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'TRUNCATED',
  'RESET',
  'TIMEOUT_STALL',
  'TIMEOUT_SLOW',
  'TIMEOUT_TOTAL',
  'STOPPED',
  'WORKER_DIED',
])

/**
 * Downloads a job once. `url` is where from, if not `job.url`: one of its mirrors.
 */
export async function downloadJob(job: Job, plan: Plan, url: string = job.url): Promise<Attempt> {
  const start = Date.now()
  let part: Part | undefined
  try {
    const tools = toolsFor(plan)
    const { fetcher, sink } = tools instanceof Promise ? await tools : tools
    const task = currentTask()
    part = await sink.begin(job)
    const transfer = new Transfer(part, newDigests(job.hash), task?.report)
    const request = await requestFor(job, url, part, sink)
    const result = await fetcher.fetch(request, transfer, task?.signal)
    if (result.head.status === 304) return { outcome: unchanged(job, plan, result, start) }
    const { sha256 } = transfer.verified(job)
    const { file, bytes } = await part.commit()
    const { head, ms } = result
    return {
      outcome: {
        id: job.id,
        url: redactUrl(job.url, plan.secretParameters),
        status: 'ok',
        http: head.status,
        file,
        bytes,
        sha256,
        ...(head.etag === undefined ? {} : { etag: head.etag }),
        ...(head.lastModified === undefined ? {} : { lastModified: head.lastModified }),
        ...(head.contentType === undefined ? {} : { contentType: head.contentType }),
        ...finalUrl(head, url, plan),
        ...times(start, ms),
        ...workerName(task?.worker),
      },
    }
  } catch (caught) {
    const error = asDownloadError(caught)
    try {
      await part?.abandon(CONTINUABLE.has(error.code) && !plan.fetch.decode)
    } catch (abandoning) {
      // A partial that cannot be removed is not the news; unless the output has failed altogether.
      if (asDownloadError(abandoning).code === 'DISK_FULL') return failed(job, plan, asDownloadError(abandoning), start)
    }
    return failed(job, plan, error, start)
  }
}

async function requestFor(job: Job, url: string, part: Part, sink: Sink): Promise<FetchRequest> {
  const { known } = job
  const { resumable } = part
  const isUnchangedWorthAsking =
    known !== undefined &&
    (known.etag !== undefined || known.lastModified !== undefined) &&
    (await sink.has(known.file, known.bytes))
  return {
    url,
    // They were given for the address of the list, not for its mirrors.
    ...(job.headers === undefined || url !== job.url ? {} : { headers: job.headers }),
    ...(resumable === undefined || isUnchangedWorthAsking
      ? {}
      : { resume: { from: resumable.bytes, validator: resumable.validator } }),
    ...(isUnchangedWorthAsking ? { unless: known } : {}),
  }
}

/** Takes the bytes: hashes them, hands them to the part, and says how far it is. */
class Transfer implements Receiver {
  readonly #part: Part
  readonly #digests: Digests
  readonly #report: ((progress: TransferProgress) => void) | undefined
  #bytes = 0
  #total: number | undefined
  #nextReport = performance.now() + QUIET

  constructor(part: Part, digests: Digests, report: ((progress: TransferProgress) => void) | undefined) {
    this.#part = part
    this.#digests = digests
    this.#report = report
  }

  head(head: ResponseHead): void | Promise<void> {
    this.#total = head.total
    if (head.from === 0) return this.#part.open(head)
    return this.#continue(head)
  }

  async #continue(head: ResponseHead): Promise<void> {
    await this.#part.existing((chunk) => {
      this.#digests.update(chunk)
      this.#bytes += chunk.byteLength
    })
    if (this.#bytes !== head.from) {
      throw new DownloadError('RANGE_MISMATCH', `${this.#bytes} bytes are here, the server continues at byte ${head.from}`)
    }
    await this.#part.open(head)
  }

  chunk(chunk: Uint8Array): void | Promise<void> {
    this.#digests.update(chunk)
    this.#bytes += chunk.byteLength
    if (this.#report !== undefined && performance.now() >= this.#nextReport) this.#speak(this.#report)
    return this.#part.write(chunk)
  }

  #speak(report: (progress: TransferProgress) => void): void {
    this.#nextReport = performance.now() + INTERVAL
    report({ bytes: this.#bytes, ...(this.#total === undefined ? {} : { total: this.#total }) })
  }

  /** @throws {DownloadError} CHECKSUM, SIZE */
  verified({ size }: Job): { readonly sha256: string } {
    verifySize(this.#bytes, size)
    return this.#digests.finish()
  }
}

function unchanged(job: Job, plan: Plan, { head, ms }: FetchResult, start: number): Outcome {
  const { known } = job
  return {
    id: job.id,
    url: redactUrl(job.url, plan.secretParameters),
    status: 'unchanged',
    http: 304,
    ...(known === undefined
      ? {}
      : {
          file: known.file,
          ...(known.bytes === undefined ? {} : { bytes: known.bytes }),
          ...(known.sha256 === undefined ? {} : { sha256: known.sha256 }),
          ...optional('etag', head.etag ?? known.etag),
          ...optional('lastModified', head.lastModified ?? known.lastModified),
        }),
    ...times(start, ms),
    ...workerName(currentTask()?.worker),
  }
}

function failed(job: Job, plan: Plan, error: DownloadError, start: number): Attempt {
  const { code, http, retryAfter, message, cause } = error
  return {
    outcome: {
      id: job.id,
      url: redactUrl(job.url, plan.secretParameters),
      status: code === 'HTTP_404' || code === 'HTTP_410' ? 'not-found' : 'error',
      code,
      ...(http === undefined ? {} : { http }),
      ...times(start),
      ...workerName(currentTask()?.worker),
      error: { message: shown(message, plan), ...(cause instanceof Error ? { cause: shown(causeText(cause), plan) } : {}) },
    },
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }
}

function causeText(cause: Error): string {
  const { code } = cause as NodeJS.ErrnoException
  return code === undefined ? cause.message : `${code}: ${cause.message}`
}

/** Messages may quote an address; secrets in it are hidden as everywhere. */
function shown(text: string, plan: Plan): string {
  return text.replaceAll(/https?:\/\/[^\s'"<>]+/g, (url) => redactUrl(url, plan.secretParameters)).slice(0, 1000)
}

function asDownloadError(error: unknown): DownloadError {
  if (error instanceof DownloadError) return error
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new DownloadError(codeOfUnnamed(error), message, { cause: error })
}

function finalUrl({ url }: ResponseHead, asked: string, plan: Plan): { readonly finalUrl?: string } {
  return url === asked ? {} : { finalUrl: redactUrl(url, plan.secretParameters) }
}

function times(start: number, ms?: FetchResult['ms']): Pick<Outcome, 'start' | 'ms'> {
  const total = Date.now() - start
  if (ms === undefined) return { start: new Date(start).toISOString(), ms: { total } }
  const connect = ms.connect === undefined ? {} : { connect: Math.round(ms.connect) }
  return { start: new Date(start).toISOString(), ms: { ...connect, ttfb: Math.round(ms.ttfb), total } }
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>)
}

function workerName(worker: string | undefined): { readonly worker?: string } {
  return worker === undefined ? {} : { worker }
}
