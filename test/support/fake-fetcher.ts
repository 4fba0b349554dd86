/** A fetcher without a network: files in memory, and what a server may do about them. Keeps the contract of every fetcher. */
import type { StopSignal } from 'halyard/futures'
import { answerOf, type ServedAnswer, type ServedFile } from 'halyard/contracts'
import type { Fetcher, FetchRequest, FetchResult, Receiver, ResponseHead } from '../../src/download/fetch/fetcher.js'

const { DownloadError } = (await import(
  new URL('../../../dist/download/errors.js', import.meta.url).href
)) as typeof import('../../src/download/errors.js')

/** Chunks are no larger than this, so that bodies come in several. */
const CHUNK = 1000

/** Files by URL; a request for any other is answered with 404. */
export class FakeFetcher implements Fetcher {
  readonly files = new Map<string, ServedFile>()
  /** Every request so far, redirects not counted. */
  readonly requests: FetchRequest[] = []
  #closed = false

  async fetch(request: FetchRequest, receiver: Receiver, signal?: StopSignal): Promise<FetchResult> {
    this.requests.push(request)
    for (let url = request.url, hop = 0; ; hop += 1) {
      // As a network would, it lets other things happen first.
      await new Promise(setImmediate)
      this.#checkStopped(signal)
      const file = this.files.get(url) ?? { status: 404, body: '' }
      if (file.redirect === undefined) return this.#deliver(url, file, request, receiver, signal)
      if (hop === 10) throw new DownloadError('TOO_MANY_REDIRECTS', 'more than 10 redirects', { http: 302 })
      url = new URL(file.redirect, url).href
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.resolve()
  }

  async #deliver(
    url: string,
    file: ServedFile,
    request: FetchRequest,
    receiver: Receiver,
    signal: StopSignal | undefined,
  ): Promise<FetchResult> {
    if (file.silent === true) await this.#silence(signal)
    const { answer, from } = answered(file, request)
    const head = headOf(url, answer, from)
    if (answer.status === 304) return { head, bytes: 0, ms: { ttfb: 0 } }
    if (answer.status !== 200 && answer.status !== 206) {
      const seconds = Number(answer.headers['retry-after'])
      throw new DownloadError(`HTTP_${answer.status}`, `the server answered ${answer.status}`, {
        http: answer.status,
        ...(seconds > 0 ? { retryAfter: seconds * 1000 } : {}),
      })
    }
    await receiver.head(head)
    const sent = answer.body.subarray(0, file.cutAt)
    for (let at = 0; at < sent.length; at += CHUNK) {
      await receiver.chunk(sent.subarray(at, at + CHUNK))
      this.#checkStopped(signal)
    }
    if (sent.length < answer.body.length) throw new DownloadError('TRUNCATED', `the connection ended after ${sent.length} bytes`)
    return { head, bytes: sent.length, ms: { ttfb: 0 } }
  }

  #checkStopped(signal: StopSignal | undefined): void {
    if (this.#closed || signal?.aborted === true) throw new DownloadError('STOPPED', 'the download was stopped')
  }

  async #silence(signal: StopSignal | undefined): Promise<never> {
    while (true) {
      await new Promise(setImmediate)
      this.#checkStopped(signal)
    }
  }
}

/** The answer, and where in the file it begins; a range that does not fit what is there already is none. */
function answered(file: ServedFile, { resume, unless }: FetchRequest): { answer: ServedAnswer; from: number } {
  const conditions = { 'if-none-match': unless?.etag, 'if-modified-since': unless?.lastModified }
  const condition = resume?.validator.etag ?? resume?.validator.lastModified
  if (resume === undefined || condition === undefined) return { answer: answerOf(file, conditions), from: 0 }
  const answer = answerOf(file, { ...conditions, range: `bytes=${resume.from}-`, 'if-range': condition })
  if (answer.status === 416) return { answer: answerOf(file, conditions), from: 0 }
  if (answer.status !== 206) return { answer, from: 0 }
  const { etag, total } = resume.validator
  const whole = Buffer.from(file.body).length
  if ((etag !== undefined && answer.headers['etag'] !== etag) || (total !== undefined && total !== whole)) {
    throw new DownloadError('CHANGED', 'the server continues another version of the file', { http: 206 })
  }
  return { answer, from: resume.from }
}

function headOf(url: string, { status, headers, body }: ServedAnswer, from: number): ResponseHead {
  const { etag, 'last-modified': lastModified, 'content-type': contentType } = headers
  return {
    status,
    url,
    from,
    ...(status === 304 ? {} : { length: body.length, total: from + body.length }),
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(contentType === undefined ? {} : { contentType }),
  }
}
