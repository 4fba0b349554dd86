import type { Transferable } from 'node:worker_threads'
import type { AsyncContext } from './async-context.js'
import { access, type Future, type FutureOwner } from './future.js'
import type { CallQueue } from './call-queue.js'

/** Whoever runs a call that has begun, so that aborting reaches it. */
export interface CallRunner {
  abort(call: Call, reason: unknown, grace: number | undefined): void
  /** Takes back a call that was handed over but may not have begun. False if it has begun. */
  recall(call: Call): boolean
  /** The worker in which a call that was handed over early has begun, if it has. */
  begunIn(call: Call): string | undefined
}

/** The executor, as far as a call needs it. */
export interface CallKeeper {
  /** The call's future is done. */
  finished(): void
  /** The call left the queue without having begun. */
  released(): void
}

/** The optional parts of a call; one shared object for all the plain ones. */
export interface CallOptions {
  readonly transfer?: readonly Transferable[]
  readonly priority?: number
  readonly retries?: number
  /** The arguments are a list of argument lists; the result is a list of {@link Settled} values. */
  readonly chunk?: boolean
}

const PLAIN: CallOptions = {}

/** One submitted call: what to run, with what, and the future that will tell. Lives in the queue, then with a runner. */
export class Call implements FutureOwner {
  readonly fn: unknown
  args: readonly unknown[]
  readonly options: CallOptions
  readonly future: Future<unknown>
  /** How often it has been started; 1 while it runs for the first time. */
  attempt = 0
  /** Where it waits; undefined once it was taken out. */
  queue: CallQueue | undefined
  /** Who has it; undefined while it waits. */
  runner: CallRunner | undefined
  /** Whose bookkeeping it is part of; undefined until it was accepted. */
  executor: CallKeeper | undefined
  /** Restores the submitter's async context for a call that starts later, in this thread. */
  context: AsyncContext | undefined
  /** Where it was submitted; its `stack` is formatted only if the call fails. */
  readonly origin: { readonly stack?: string } | undefined

  constructor(
    fn: unknown,
    args: readonly unknown[],
    origin: { readonly stack?: string } | undefined,
    options: CallOptions = PLAIN,
  ) {
    this.fn = fn
    this.args = args
    this.origin = origin
    this.options = options
    this.future = access.create(this)
  }

  withdraw(): boolean {
    if (this.runner !== undefined) {
      if (!this.runner.recall(this)) return false
    } else {
      this.queue?.remove(this)
    }
    this.executor?.finished()
    this.executor?.released()
    return true
  }

  abort(reason: unknown, grace: number | undefined): void {
    this.executor?.finished()
    this.runner?.abort(this, reason, grace)
  }

  begunIn(): string | undefined {
    return this.runner?.begunIn(this)
  }
}
