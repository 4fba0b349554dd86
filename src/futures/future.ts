/**
 * Future: the result of a call that may not have happened yet.
 *
 *   pending ──▶ running ──▶ finished
 *      └──────────┴───────▶ cancelled
 *
 * The rules are those of CPython's concurrent.futures.Future. Differences, each because JavaScript asks for it: a future is also awaitable;
 * `abort()` reaches running work, where `cancel()` (as in Python) does not; a cancelled future counts as done at once, there is no
 * "cancelled and notified". Guarantees: it settles exactly once; done-callbacks run synchronously, in the order they were added, before
 * any promise reaction; a failure that nobody awaits is never an unhandled rejection.
 */
import { performance } from 'node:perf_hooks'
import { inspect } from 'node:util'
import { captureContext } from './async-context.js'
import { CancelledError, InvalidStateError, TimeoutError } from './errors.js'
import { log } from './logger.js'
import { Progress } from './progress.js'
import { waitFor } from './wait-for.js'

export type FutureState = 'pending' | 'running' | 'cancelled' | 'finished'

export interface WaitOptions {
  /** How long to wait, in ms. Default: for ever. Waiting no longer changes nothing about the call itself. */
  readonly timeout?: number
  /** Stops the waiting (not the call): the returned promise rejects with `signal.reason`. */
  readonly signal?: AbortSignal
}

/** When things happened: ms since the Unix epoch, with fractions. */
export interface FutureTiming {
  readonly created: number
  readonly started?: number
  readonly finished?: number
  /** Name of the worker that ran it, such as `ThreadPoolExecutor-1_0`. */
  readonly worker?: string
}

/** The producing side of a future, for authors of executors and tests. Everybody else gets futures from an executor. */
export interface FutureProducer<T> {
  readonly future: Future<T>
  /** pending → running: true. Already cancelled: false, do not run it. Anything else: InvalidStateError. */
  setRunningOrNotifyCancel(): boolean
  /** @throws InvalidStateError if the future is already done */
  setResult(value: T): void
  /** @throws InvalidStateError if the future is already done */
  setException(error: unknown): void
}

/** What an executor lends a future, so that cancelling reaches the work behind it. */
export interface FutureOwner {
  /** The future was cancelled before it began: forget the call. False if it has begun in the meantime. */
  withdraw(): boolean
  /** The future was aborted while its call ran: tell the call, and after `grace` ms kill its worker. */
  abort(reason: unknown, grace: number | undefined): void
  /** The worker in which a call that was sent ahead has begun; undefined while it has not. */
  begunIn?(): string | undefined
}

/**
 * A function whose type is that of a method: TypeScript then takes a `Future<string>` for a `Future<unknown>`, although it compares private
 * fields too.
 */
type Receiver<T> = { method(value: T): void }['method']
type DoneCallback<T> = Receiver<Future<T>>

const BRAND: unique symbol = Symbol.for('halyard.futures.Future') as never
const PENDING = 0
const RUNNING = 1
const CANCELLED = 2
const RETURNED = 3
const RAISED = 4
const STATES: readonly FutureState[] = ['pending', 'running', 'cancelled', 'finished', 'finished']

let lastId = 0
const unretrieved = new FinalizationRegistry<{ readonly what: string; readonly error: unknown }>(({ what, error }) => {
  log(`exception was never retrieved: ${what}`, error)
})

/** What executors may do to a future and users may not. */
export interface FutureAccess {
  create<T>(owner: FutureOwner): Future<T>
  /** pending → running. False if it was cancelled meanwhile. */
  begin(future: Future<unknown>, worker: string): boolean
  /** running → pending, when a call comes back from a dead worker to be run again. */
  unbegin(future: Future<unknown>): void
  /** Settle; false (and no change) if it is already done, because it was aborted meanwhile. */
  settle(future: Future<unknown>, failed: boolean, value: unknown): boolean
  /** The deadline passed: the future fails with `error` now; a call that runs is told to stop, and killed after `grace` ms. */
  expire(future: Future<unknown>, error: TimeoutError, grace: number | undefined): void
  report(future: Future<unknown>, value: unknown): void
  /** As addDoneCallback, without restoring the async context: for this library's own bookkeeping. */
  onDone<T>(future: Future<T>, callback: DoneCallback<T>): void
  removeOnDone<T>(future: Future<T>, callback: DoneCallback<T>): void
  /** Somebody looks after this future's failure. */
  observe(future: Future<unknown>): void
  failed(future: Future<unknown>): boolean
  value(future: Future<unknown>): unknown
}

export let access: FutureAccess

export class Future<T> implements PromiseLike<T> {
  /** Unique in this copy of the library, counting from 1. */
  readonly id: number = ++lastId
  /** @internal */
  readonly [BRAND] = true
  #state = PENDING
  #value: unknown
  #owner: FutureOwner | undefined
  #callbacks: DoneCallback<T>[] | undefined
  #promise: Promise<T> | undefined
  #resolve: Receiver<T> | undefined
  #reject: ((reason: unknown) => void) | undefined
  #observed = false
  #created: number = performance.now()
  #started = 0
  #finished = 0
  #worker: string | undefined
  #progress: Progress | undefined

  /** Futures come from an executor, or from {@link Future.withResolvers}. */
  private constructor() {}

  get state(): FutureState {
    return STATES[this.#current()]!
  }

  /**
   * Cancels the call if it has not begun. Running or finished calls are left alone, as in Python; see {@link abort}.
   * @param reason becomes `cause` of the CancelledError
   * @returns whether the future is cancelled (also when it already was)
   */
  cancel(reason?: unknown): boolean {
    if (this.#state === CANCELLED) return true
    if (this.#current() !== PENDING || this.#owner?.withdraw() === false) return false
    this.#settle(CANCELLED, cancelledError(reason, arguments.length > 0))
    return true
  }

  /**
   * Cancels the call even if it runs: its future is cancelled at once, the task's `currentTask().signal` aborts, and if `grace` is given and
   * the call has not ended by then, its worker is killed and replaced. The worker takes no other call in that place before this one ended.
   * @param reason becomes `cause` of the CancelledError and `signal.reason` in the task
   * @param options.grace ms until the worker is killed; default: never
   * @returns whether the future is cancelled (also when it already was)
   */
  abort(reason?: unknown, options: { readonly grace?: number } = {}): boolean {
    if (this.#state >= CANCELLED) return this.#state === CANCELLED
    const error = cancelledError(reason, arguments.length > 0)
    if (this.#current() === PENDING && this.#owner?.withdraw() !== false) this.#settle(CANCELLED, error)
    else this.#abandon(CANCELLED, error, reason === undefined ? error : reason, options.grace)
    return true
  }

  /** Whether the future was cancelled or aborted. */
  cancelled(): boolean {
    return this.#state === CANCELLED
  }

  /** Whether the call runs: it has begun, and the future is not done. */
  running(): boolean {
    return this.#current() === RUNNING
  }

  /** Whether the future is finished or cancelled. */
  done(): boolean {
    return this.#state >= CANCELLED
  }

  /**
   * The call's result. `await future` is the same without options.
   * @throws the task's own error, CancelledError, or TimeoutError (with `future`) when `timeout` passed; the call goes on
   */
  result(options?: WaitOptions): Promise<T> {
    this.#observe()
    return options === undefined ? this.#asPromise() : this.#within(options, () => this.#asPromise())
  }

  /**
   * The error the call failed with, or null. A thrown value that is not an Error comes wrapped in one, as its `cause`.
   * @throws CancelledError, TimeoutError as {@link result}
   */
  exception(options?: WaitOptions): Promise<Error | null> {
    this.#observe()
    const settled = (): Promise<Error | null> =>
      this.#asPromise().then(
        () => null,
        (error: unknown) => {
          if (this.#state === CANCELLED) throw error
          return asError(error)
        },
      )
    return options === undefined ? settled() : this.#within(options, settled)
  }

  /**
   * The result of a future that is done.
   * @throws the task's own error, CancelledError, or InvalidStateError when it is not done
   */
  resultNow(): T {
    this.#observe()
    if (this.#state === RETURNED) return this.#value as T
    if (this.#state >= CANCELLED) throw this.#value
    throw new InvalidStateError(`The future has no result yet: ${inspect(this)}. Await it, or ask done() first.`)
  }

  /**
   * The error of a future that is done, or null.
   * @throws CancelledError, or InvalidStateError when it is not done
   */
  exceptionNow(): Error | null {
    this.#observe()
    if (this.#state === RETURNED) return null
    if (this.#state === RAISED) return asError(this.#value)
    if (this.#state === CANCELLED) throw this.#value
    throw new InvalidStateError(`The future has no exception yet: ${inspect(this)}. Await it, or ask done() first.`)
  }

  /**
   * Calls `callback` with this future when it is done: synchronously, in the order of adding, in the async context of whoever added it.
   * Already done: at once. What a callback throws goes to the logger; the next ones still run.
   */
  addDoneCallback(callback: DoneCallback<T>): this {
    if (typeof callback !== 'function') throw new TypeError(`Expected \`callback\` to be a function, got ${inspect(callback)}`)
    if (this.#state >= CANCELLED) {
      this.#call(callback)
    } else {
      const inContext = captureContext()
      this.#onDone((future) => inContext(callback, future))
    }
    return this
  }

  // oxlint-disable-next-line unicorn/no-thenable -- being awaitable is the point
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#observe()
    return this.#asPromise().then(onFulfilled, onRejected)
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    this.#observe()
    return this.#asPromise().finally(onFinally)
  }

  /** When the call was submitted, began and was done, in ms since the Unix epoch, and where it ran; what has not happened is absent. */
  get timing(): FutureTiming {
    return {
      created: sinceEpoch(this.#created),
      ...(this.#started === 0 ? {} : { started: sinceEpoch(this.#started) }),
      ...(this.#finished === 0 ? {} : { finished: sinceEpoch(this.#finished) }),
      ...(this.#worker === undefined ? {} : { worker: this.#worker }),
    }
  }

  /** What the task passes to `currentTask().report()`. Ends when the future is done; keeps the latest 1,024 reports until they are read. */
  get progress(): AsyncIterable<unknown> {
    this.#progress ??= new Progress()
    if (this.#state >= CANCELLED) this.#progress.close()
    return this.#progress
  }

  /** A future and the functions that settle it. */
  static withResolvers<T>(): FutureProducer<T> {
    const future = new Future<T>()
    const settle = (state: number, value: unknown): void => {
      if (future.#state >= CANCELLED) {
        throw new InvalidStateError(`${future.state.toUpperCase()}: ${inspect(future)}`)
      }
      future.#settle(state, value)
    }
    return {
      future,
      setRunningOrNotifyCancel() {
        if (future.#state === CANCELLED) return false
        if (future.#state !== PENDING) throw new InvalidStateError(`Future in unexpected state: ${inspect(future)}`)
        return future.#begin(undefined)
      },
      setResult: (value) => settle(RETURNED, value),
      setException: (error) => settle(RAISED, error),
    }
  }

  /** Whether `x` is a future of this or of another copy of the library. */
  static isFuture(x: unknown): x is Future<unknown> {
    return typeof x === 'object' && x !== null && BRAND in x
  }

  get [Symbol.toStringTag](): string {
    return 'Future'
  }

  [inspect.custom](): string {
    const end =
      this.#state === RETURNED
        ? ` returned ${typeName(this.#value)}`
        : this.#state === RAISED
          ? ` raised ${typeName(this.#value)}`
          : ''
    return `<Future #${this.id} state=${this.state}${end}>`
  }

  /** A call that is with a worker becomes running without this side being told, so it is asked. */
  #current(): number {
    if (this.#state === PENDING) {
      const worker = this.#owner?.begunIn?.()
      if (worker !== undefined) this.#begin(worker)
    }
    return this.#state
  }

  #begin(worker: string | undefined): boolean {
    if (this.#state !== PENDING) return false
    this.#state = RUNNING
    this.#started = performance.now()
    this.#worker = worker
    return true
  }

  /** Gives up on a running call: the future is done now, the call itself is told to stop. */
  #abandon(state: number, error: unknown, reason: unknown, grace: number | undefined): void {
    const owner = this.#owner
    this.#settle(state, error)
    owner?.abort(reason, grace)
  }

  #settle(state: number, value: unknown): void {
    this.#state = state
    this.#value = value
    this.#finished = performance.now()
    this.#owner = undefined
    if (state === RAISED && !this.#observed) unretrieved.register(this, { what: inspect(this), error: value }, this)
    this.#progress?.close()
    const callbacks = this.#callbacks
    if (callbacks !== undefined) {
      this.#callbacks = undefined
      for (const callback of callbacks) this.#call(callback)
    }
    if (this.#resolve !== undefined) {
      if (state === RETURNED) this.#resolve(value as T)
      else this.#reject!(value)
      this.#resolve = undefined
      this.#reject = undefined
    }
  }

  #call(callback: DoneCallback<T>): void {
    const onError = (error: unknown): void => log(`exception calling callback for ${inspect(this)}:`, error)
    try {
      const result: unknown = (callback as (future: this) => unknown)(this)
      // An async function's failure is a rejection, which nobody else would see coming.
      if (result instanceof Promise) result.catch(onError)
    } catch (error) {
      onError(error)
    }
  }

  #onDone(callback: DoneCallback<T>): void {
    if (this.#state >= CANCELLED) this.#call(callback)
    else if (this.#callbacks === undefined) this.#callbacks = [callback]
    else this.#callbacks.push(callback)
  }

  #offDone(callback: DoneCallback<T>): void {
    if (this.#callbacks !== undefined) this.#callbacks = this.#callbacks.filter((other) => other !== callback)
  }

  #observe(): void {
    if (this.#observed) return
    this.#observed = true
    if (this.#state === RAISED) unretrieved.unregister(this)
  }

  /** Made on demand, so that a failure nobody awaits is never an unhandled rejection. */
  #asPromise(): Promise<T> {
    if (this.#promise === undefined) {
      if (this.#state === RETURNED) this.#promise = Promise.resolve(this.#value as T)
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- a task may throw anything, and must be able to
      else if (this.#state >= CANCELLED) this.#promise = Promise.reject(this.#value)
      else {
        this.#promise = new Promise<T>((resolve, reject) => {
          this.#resolve = resolve
          this.#reject = reject
        })
      }
    }
    return this.#promise
  }

  #within<R>(options: WaitOptions, settled: () => Promise<R>): Promise<R> {
    if (this.#state >= CANCELLED) return settled()
    const listen = (happened: (result: Promise<R>) => void): (() => void) => {
      const onDone = (): void => happened(settled())
      this.#onDone(onDone)
      return () => this.#offDone(onDone)
    }
    return waitFor(options, listen, () => {
      throw new TimeoutError(`${inspect(this)} was not done within ${options.timeout} ms`, { future: this })
    })
  }

  static {
    access = {
      create<V>(owner: FutureOwner) {
        const future = new Future<V>()
        future.#owner = owner
        return future
      },
      begin: (future, worker) => future.#begin(worker),
      unbegin(future) {
        if (future.#state !== RUNNING) return
        future.#state = PENDING
        future.#started = 0
        future.#worker = undefined
      },
      settle(future, failed, value) {
        if (future.#state >= CANCELLED) return false
        if (future.#started === 0) future.#started = performance.now()
        future.#settle(failed ? RAISED : RETURNED, value)
        return true
      },
      expire(future, error, grace) {
        if (future.#state >= CANCELLED) return
        if (future.#current() === PENDING && future.#owner?.withdraw() !== false) future.#settle(RAISED, error)
        else future.#abandon(RAISED, error, error, grace)
      },
      report(future, value) {
        if (future.#state < CANCELLED) (future.#progress ??= new Progress()).push(value)
      },
      onDone: (future, callback) => future.#onDone(callback),
      removeOnDone: (future, callback) => future.#offDone(callback),
      observe: (future) => future.#observe(),
      failed: (future) => future.#state === RAISED,
      value: (future) => future.#value,
    }
  }
}

function sinceEpoch(time: number): number {
  return performance.timeOrigin + time
}

function cancelledError(reason: unknown, hasReason: boolean): CancelledError {
  return new CancelledError('The call was cancelled', hasReason && reason !== undefined ? { cause: reason } : undefined)
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(`The task threw ${inspect(value)}, which is not an Error`, { cause: value })
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  if (value instanceof Error) return value.name
  return (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name || 'Object'
}
