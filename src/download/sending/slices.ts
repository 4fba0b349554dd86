/**
 * Slices: many downloads in one call. For threads and processes: a message each way for every URL would cost more than the rest of a small
 * download, most of it the waking up of the other side.
 *
 *   ticket, ticket, ticket … flush ──▶ submit(downloadSlice, [job, job, …], plan) ──▶ each worker has a slice or two
 *                                              ◀── report([ended, ended, …]) ◀── as they end, some at a time
 */
import type { Executor, Future } from '../../futures/index.js'
import type { Attempt } from '../attempt.js'
import { downloadSlice, type EndedInSlice, type SliceJob, type SliceReport } from '../download-slice.js'
import type { Plan } from '../plan.js'
import { failureOf, stopped } from './call-end.js'
import type { InFlight, Receiving, Sender } from './sender.js'

/** Downloads in one call. */
const MOST = 32
/** So many are worth a message at once; fewer wait for others, while something else is at work. */
const ENOUGH = 8
/** ms that they wait. */
const DELAY = 2

interface Slice {
  readonly future: Future<readonly EndedInSlice[]>
  /** By their places; undefined where it is over. */
  readonly transfers: (InFlight | undefined)[]
}

export class Slices implements Sender {
  readonly #executor: Executor
  readonly #workers: number
  readonly #plan: Plan
  readonly #receiving: Receiving
  readonly #slices = new Set<Slice>()
  #waiting: InFlight[] = []
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  /** @param workers threads or processes, among whom what may start is divided */
  constructor(executor: Executor, workers: number, plan: Plan, receiving: Receiving) {
    this.#executor = executor
    this.#workers = workers
    this.#plan = plan
    this.#receiving = receiving
  }

  send(transfer: InFlight): void {
    this.#waiting.push(transfer)
  }

  flush(): void {
    if (this.#waiting.length === 0) return
    if (this.#waiting.length >= ENOUGH || this.#slices.size === 0 || this.#isStopped) this.#submitAll()
    else this.#timer ??= setTimeout(() => this.#submitLate(), DELAY)
  }

  #submitLate(): void {
    try {
      this.#submitAll()
    } catch (error) {
      this.#receiving.failed(error)
    }
  }

  #submitAll(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const waiting = this.#waiting
    this.#waiting = []
    const size = Math.min(MOST, Math.ceil(waiting.length / this.#workers))
    let at = 0
    try {
      for (; at < waiting.length && !this.#isStopped; at += size) this.#submit(waiting.slice(at, at + size))
    } finally {
      // What no worker got is as if it had not begun.
      if (at < waiting.length)
        this.#receiving.over(waiting.slice(at).map((transfer) => [transfer, stopped(transfer.ticket, this.#plan)]))
    }
  }

  look(): void {
    // Workers speak up by themselves for transfers that take their time.
  }

  abortAll(_inFlight: readonly InFlight[], reason: Error): void {
    this.#isStopped = true
    this.#submitAll()
    for (const { future } of this.#slices) future.abort(reason)
  }

  #submit(transfers: InFlight[]): void {
    const future = this.#executor.submit(downloadSlice, transfers.map(sliceJob), this.#plan)
    const slice = { future, transfers }
    this.#slices.add(slice)
    void this.#follow(slice)
  }

  async #follow(slice: Slice): Promise<void> {
    const { future, transfers } = slice
    for await (const report of future.progress) this.#told(slice, report as SliceReport)
    this.#slices.delete(slice)
    const failed: EndedInSlice[] = []
    for (const [place, transfer] of transfers.entries()) {
      const failure = transfer && failureOf(future, transfer.ticket, this.#plan)
      if (failure !== undefined) failed.push([place, failure])
    }
    if (failed.length > 0) this.#ended(slice, failed)
    // What no report told of, the result does.
    else if (transfers.some((transfer) => transfer !== undefined)) this.#ended(slice, future.resultNow())
  }

  #told(slice: Slice, report: SliceReport): void {
    if ('ended' in report) {
      this.#ended(slice, report.ended)
      return
    }
    const transfer = slice.transfers[report.place]
    if (transfer !== undefined) this.#receiving.progress(transfer, report.progress)
  }

  #ended({ transfers }: Slice, ended: readonly EndedInSlice[]): void {
    const over: (readonly [InFlight, Attempt])[] = []
    for (const [place, attempt] of ended) {
      const transfer = transfers[place]
      if (transfer === undefined) continue
      transfers[place] = undefined
      over.push([transfer, attempt])
    }
    this.#receiving.over(over)
  }
}

/** Most need no more than the job, and what is sent is copied. */
function sliceJob({ ticket: { job, url, attempt } }: InFlight): SliceJob {
  return attempt === 1 && url === job.url ? { job } : { job, url, attempt }
}
