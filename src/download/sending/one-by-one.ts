/** OneByOne: a call for each download. For executors in this thread, where a call costs next to nothing, and for those of somebody else. */
import type { Executor } from '../../futures/index.js'
import { downloadJob, type TransferProgress } from '../download-one.js'
import type { Plan } from '../plan.js'
import { failureOf } from './call-end.js'
import type { InFlight, Receiving, Sender } from './sender.js'

/** ms after which somebody may want to know how far a transfer is; most never get this far. */
const SLOW = 500

export class OneByOne implements Sender {
  readonly #executor: Executor
  readonly #plan: Plan
  readonly #receiving: Receiving

  constructor(executor: Executor, plan: Plan, receiving: Receiving) {
    this.#executor = executor
    this.#plan = plan
    this.#receiving = receiving
  }

  send(transfer: InFlight): void {
    const { job, url, attempt } = transfer.ticket
    const plan = this.#plan
    const future = this.#executor.submit(downloadJob, job, plan, url, attempt)
    transfer.call = future
    future.addDoneCallback(() => {
      this.#receiving.over([[transfer, failureOf(future, transfer.ticket, plan) ?? future.resultNow()]])
    })
  }

  flush(): void {
    // Nothing is held back.
  }

  look(inFlight: readonly InFlight[]): void {
    const old = performance.now() - SLOW
    for (const transfer of inFlight) {
      if (transfer.began > old || transfer.isWatched === true) continue
      transfer.isWatched = true
      void this.#relay(transfer)
    }
  }

  abortAll(inFlight: readonly InFlight[], reason: Error): void {
    // One that ends gives its place to another; so a copy.
    for (const transfer of inFlight.slice()) transfer.call?.abort(reason)
  }

  async #relay(transfer: InFlight): Promise<void> {
    if (transfer.call === undefined) return
    for await (const report of transfer.call.progress) this.#receiving.progress(transfer, report as TransferProgress)
  }
}
