/** A fetcher without a network: answers as a script says, and remembers what it was asked. */
import type { StopSignal } from 'halyard/futures'
import { DownloadError, type Fetcher, type FetchRequest, type FetchResult, type FailureCode, type Receiver } from 'halyard'

/** What the script may say of a request: a body, a failure, or both to come later. */
export type Answer =
  | { readonly body: string; readonly etag?: string; readonly when?: Promise<unknown> }
  | { readonly fails: FailureCode; readonly http?: number; readonly retryAfter?: number; readonly when?: Promise<unknown> }
  | { readonly notModified: true }

export class ScriptedFetcher implements Fetcher {
  readonly requests: FetchRequest[] = []
  /** The most that were open at once. */
  most = 0
  closed = 0
  #open = 0
  readonly #script: (request: FetchRequest, time: number) => Answer
  readonly #times = new Map<string, number>()

  /** @param script is told how often the URL was asked for before */
  constructor(script: (request: FetchRequest, time: number) => Answer) {
    this.#script = script
  }

  get urls(): string[] {
    return this.requests.map(({ url }) => url)
  }

  async fetch(request: FetchRequest, receiver: Receiver, signal?: StopSignal): Promise<FetchResult> {
    const time = this.#times.get(request.url) ?? 0
    this.#times.set(request.url, time + 1)
    this.requests.push(request)
    this.#open += 1
    this.most = Math.max(this.most, this.#open)
    try {
      const answer = this.#script(request, time)
      if ('when' in answer && answer.when !== undefined) await orStopped(answer.when, signal)
      else await Promise.resolve()
      if ('fails' in answer) {
        const { fails, ...details } = answer
        throw new DownloadError(fails, `the script says ${fails}`, details)
      }
      const common = { url: request.url, from: 0 }
      if ('notModified' in answer) return { head: { ...common, status: 304 }, bytes: 0, ms: { ttfb: 1 } }
      const body = Buffer.from(answer.body)
      const etag = answer.etag === undefined ? {} : { etag: answer.etag }
      const head = { ...common, ...etag, status: 200, length: body.length, total: body.length }
      await receiver.head(head)
      if (body.length > 0) await receiver.chunk(body)
      return { head, bytes: body.length, ms: { ttfb: 1 } }
    } finally {
      this.#open -= 1
    }
  }

  async close(): Promise<void> {
    this.closed += 1
  }
}

async function orStopped(when: Promise<unknown>, signal: StopSignal | undefined): Promise<void> {
  let stop: (() => void) | undefined
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new DownloadError('STOPPED', 'the run was ended'))
    if (signal?.aborted === true) stop()
    signal?.addEventListener('abort', stop)
  })
  try {
    await Promise.race([when, stopped])
  } finally {
    if (stop !== undefined) signal?.removeEventListener('abort', stop)
  }
}
