import type { Transferable } from 'node:worker_threads'
import type { FromWorker } from './messages.js'

/** The worker's way to its pool. Threads and processes differ in this alone. */
export interface Channel {
  /** @throws if the message cannot be cloned */
  post(message: FromWorker, transfer: readonly Transferable[]): void
  /** Whether text written by tasks is still on its way. */
  hasOutput(): boolean
  /** Resolves when it has arrived. */
  outputFlushed(): Promise<void>
  /** Ends this worker. */
  exit(code: number): never
}
