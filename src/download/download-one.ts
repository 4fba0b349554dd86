/**
 * The body of the loop: one job, one attempt, in any executor.
 *
 *   begin ─▶ fetch ─▶ verify ─▶ commit ─▶ outcome
 *
 * Guarantees: under the final name there is nothing until all of it is there and verified; a failure is a value, never an exception.
 */
import { currentTask } from '../futures/inside.js'
import type { StopSignal } from '../futures/index.js'
import { asDownloadError, type Attempt, type Circumstances, downloaded, failed, unchanged } from './attempt.js'
import { DownloadError, type FailureCode, failureKind } from './errors.js'
import type { Fetcher, FetchRequest, FetchResult, Receiver, ResponseHead } from './fetch/fetcher.js'
import type { Job, Known } from './job.js'
import type { Plan } from './plan.js'
import { isForSegments } from './segments/is-for-segments.js'
import type { Part, Scatter, Sink } from './sink/sink.js'
import { toolsFor } from './tools.js'
import { type Digests, newDigests, type Sums, verifySize } from './verify/digest.js'
import { FollowedDigests } from './verify/followed-digests.js'
import { isWorthFollowing } from './verify/follower.js'

/** What a transfer that takes its time says of itself. */
export interface TransferProgress {
  readonly bytes: number
  readonly total?: number
}

/** A transfer speaks up after this many ms, and then at most that often. */
const QUIET = 500
const INTERVAL = 250

/** Says that the bytes, or some of them, are not those of the file. After any other failure that may pass, the next attempt continues. */
const SPOILT: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'BAD_RESPONSE',
  'LENGTH_MISMATCH',
  'BAD_ENCODING',
  'RANGE_MISMATCH',
  'CHANGED',
  'CHECKSUM',
  'SIZE',
])

function isContinuable(code: FailureCode): boolean {
  const kind = failureKind(code)
  return (kind === 'transient' || kind === 'stopped' || kind === 'exhausted') && !SPOILT.has(code)
}

/**
 * Downloads a job once. `url` is where from, if not `job.url`: one of its mirrors. `attempt` counts from 1 in each run.
 */
export function downloadJob(job: Job, plan: Plan, url?: string, attempt?: number): Promise<Attempt> {
  return attemptJob(job, plan, url, attempt, currentTask())
}

/** The call that an attempt is part of. */
export interface Inside {
  readonly stop: StopSignal | undefined
  readonly worker: string | undefined
  readonly report: (progress: TransferProgress) => void
}

/** {@link downloadJob}, for who knows the call it is part of. Never rejects. */
export async function attemptJob(
  job: Job,
  plan: Plan,
  url: string = job.url,
  attempt: number = 1,
  task?: Inside,
): Promise<Attempt> {
  const of: Circumstances = { job, plan, url, start: Date.now(), worker: task?.worker }
  let part: Part | undefined
  let transfer: Transfer | undefined
  try {
    // Nothing is waited for that is there: each wait costs as much as hashing a small file.
    const tools = toolsFor(plan)
    const { fetcher, sink } = tools instanceof Promise ? await tools : tools
    const begun = sink.begin(job, attempt)
    part = begun instanceof Promise ? await begun : begun
    transfer = new Transfer(part, job.hash, task?.report)
    const asksForChanges = job.known !== undefined && (await isWorthAsking(job.known, sink))
    const request = requestFor(job, url, part, asksForChanges)
    let result: FetchResult | undefined
    if (isForSegments(plan, part, request)) {
      result = await transfer.inSegments(fetcher, request, plan, task?.stop)
      if (result === undefined) {
        // It cannot be had in pieces: everything from the begin, in one stream.
        transfer.stop()
        await part.abandon(false)
        part = await sink.begin(job, attempt + 1)
        transfer = new Transfer(part, job.hash, task?.report)
      }
    }
    result ??= await fetcher.fetch(request, transfer, task?.stop)
    if (result.head.status === 304) return unchanged(of, result)
    const sums = transfer.verified(job)
    const { sha256 } = sums instanceof Promise ? await sums : sums
    const committed = part.commit()
    return downloaded(of, result, committed instanceof Promise ? await committed : committed, sha256)
  } catch (caught) {
    const error = asDownloadError(caught)
    transfer?.stop()
    try {
      await part?.abandon(isContinuable(error.code) && !plan.fetch.decode)
    } catch (abandoning) {
      // A partial that cannot be removed is not the news; unless the output has failed altogether.
      if (asDownloadError(abandoning).code === 'DISK_FULL') return failed(of, asDownloadError(abandoning))
    }
    return failed(of, error, transfer?.finalUrl)
  }
}

/** Whether the server can be asked if the file of an earlier run, which must still be here, has changed. */
async function isWorthAsking({ etag, lastModified, file, bytes }: Known, sink: Sink): Promise<boolean> {
  return (etag !== undefined || lastModified !== undefined) && (await sink.has(file, bytes))
}

/** Headers of the line were given for its address, not for its mirrors. */
function toWhom({ url: own, headers }: Job, url: string): FetchRequest {
  if (url !== own) return { url, mirrorOf: own }
  return headers === undefined ? { url } : { url, headers }
}

function requestFor(job: Job, url: string, { resumable }: Part, asksForChanges: boolean): FetchRequest {
  const request = toWhom(job, url)
  if (asksForChanges && job.known !== undefined) return { ...request, unless: job.known }
  if (resumable === undefined) return request
  return { ...request, resume: { from: resumable.bytes, validator: resumable.validator } }
}

/** Takes the bytes: hashes them, hands them to the part, and says how far it is. */
class Transfer implements Receiver {
  /** Where redirects led so far, not redacted. */
  finalUrl: string | undefined
  readonly #part: Part
  readonly #expected: string | undefined
  readonly #report: ((progress: TransferProgress) => void) | undefined
  #digests: Digests | FollowedDigests
  #bytes = 0
  #total: number | undefined
  #nextReport = performance.now() + QUIET

  constructor(part: Part, expected: string | undefined, report: ((progress: TransferProgress) => void) | undefined) {
    this.#part = part
    this.#expected = expected
    this.#digests = newDigests(expected)
    this.#report = report
  }

  redirected(url: string): void {
    this.finalUrl = url
  }

  head(head: ResponseHead): void | Promise<void> {
    this.#total = head.total
    if (isWorthFollowing(head.total) && 'fd' in this.#part) return this.#follow(head)
    if (head.from === 0) return this.#part.open(head)
    return this.#continue(head)
  }

  /** A large file is hashed by another thread, what an earlier attempt left as well. */
  async #follow(head: ResponseHead): Promise<void> {
    await this.#part.open(head)
    this.#bytes = head.from
    this.#digests = new FollowedDigests(this.#part.fd as number, this.#expected, head.from)
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
    const written = this.#part.write(chunk)
    this.#digests.update(chunk)
    this.#reached(this.#bytes + chunk.byteLength)
    return written
  }

  /** Fetches by several requests at once. Undefined: the file cannot be had in pieces, and what was written is of no use. */
  async inSegments(
    fetcher: Fetcher,
    request: FetchRequest,
    { segments, fetch }: Plan,
    signal: StopSignal | undefined,
  ): Promise<FetchResult | undefined> {
    let followed: FollowedDigests | undefined
    const { fetchSegments } = await import('./segments/fetch-segments.js')
    return await fetchSegments({
      fetcher,
      request,
      scatter: this.#part.scatter as Scatter,
      whole: this,
      settings: segments,
      timeout: fetch.timeout,
      signal,
      onOpen: (total) => {
        this.#total = total
        this.#digests = followed = new FollowedDigests(this.#part.fd as number, this.#expected, 0)
      },
      onBytes: (front, bytes) => {
        followed?.reach(front)
        this.#reached(bytes)
      },
    })
  }

  #reached(bytes: number): void {
    this.#bytes = bytes
    if (this.#report !== undefined && performance.now() >= this.#nextReport) this.#speak(this.#report)
  }

  #speak(report: (progress: TransferProgress) => void): void {
    this.#nextReport = performance.now() + INTERVAL
    report({ bytes: this.#bytes, ...(this.#total === undefined ? {} : { total: this.#total }) })
  }

  /** @throws {DownloadError} CHECKSUM, SIZE */
  verified({ size }: Job): Sums | Promise<Sums> {
    verifySize(this.#bytes, size)
    return this.#digests.finish()
  }

  /** Nobody wants it any more. Idempotent. */
  stop(): void {
    if (this.#digests instanceof FollowedDigests) this.#digests.stop()
  }
}
