/**
 * The body of the loop: one job, one attempt, in any executor.
 *
 *   begin ─▶ fetch ─▶ verify ─▶ commit ─▶ outcome
 *
 * Guarantees: under the final name there is nothing until all of it is there and verified; a failure is a value, never an exception.
 */
import { currentTask } from '../futures/index.js'
import { asDownloadError, type Attempt, type Circumstances, downloaded, failed, unchanged } from './attempt.js'
import { DownloadError, type FailureCode } from './errors.js'
import type { FetchRequest, Receiver, ResponseHead } from './fetch/fetcher.js'
import type { Job, Known } from './job.js'
import type { Plan } from './plan.js'
import type { Part, Sink } from './sink/sink.js'
import { toolsFor } from './tools.js'
import { type Digests, newDigests, verifySize } from './verify/digest.js'

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
 * Downloads a job once. `url` is where from, if not `job.url`: one of its mirrors. `attempt` counts from 1 in each run.
 */
export async function downloadJob(job: Job, plan: Plan, url: string = job.url, attempt = 1): Promise<Attempt> {
  const task = currentTask()
  const of: Circumstances = { job, plan, url, start: Date.now(), worker: task?.worker }
  let part: Part | undefined
  try {
    // Nothing is waited for that is there: each wait costs as much as hashing a small file.
    const tools = toolsFor(plan)
    const { fetcher, sink } = tools instanceof Promise ? await tools : tools
    const begun = sink.begin(job, attempt)
    part = begun instanceof Promise ? await begun : begun
    const transfer = new Transfer(part, newDigests(job.hash), task?.report)
    const asksForChanges = job.known !== undefined && (await isWorthAsking(job.known, sink))
    const result = await fetcher.fetch(requestFor(job, url, part, asksForChanges), transfer, task?.stop)
    if (result.head.status === 304) return unchanged(of, result)
    const { sha256 } = transfer.verified(job)
    const committed = part.commit()
    return downloaded(of, result, committed instanceof Promise ? await committed : committed, sha256)
  } catch (caught) {
    const error = asDownloadError(caught)
    try {
      await part?.abandon(CONTINUABLE.has(error.code) && !plan.fetch.decode)
    } catch (abandoning) {
      // A partial that cannot be removed is not the news; unless the output has failed altogether.
      if (asDownloadError(abandoning).code === 'DISK_FULL') return failed(of, asDownloadError(abandoning))
    }
    return failed(of, error)
  }
}

/** Whether the server can be asked if the file of an earlier run, which must still be here, has changed. */
async function isWorthAsking({ etag, lastModified, file, bytes }: Known, sink: Sink): Promise<boolean> {
  return (etag !== undefined || lastModified !== undefined) && (await sink.has(file, bytes))
}

function requestFor(job: Job, url: string, { resumable }: Part, asksForChanges: boolean): FetchRequest {
  // They were given for the address of the list, not for its mirrors.
  const request = job.headers === undefined || url !== job.url ? { url } : { url, headers: job.headers }
  if (asksForChanges && job.known !== undefined) return { ...request, unless: job.known }
  if (resumable === undefined) return request
  return { ...request, resume: { from: resumable.bytes, validator: resumable.validator } }
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
