/**
 * Executor: runs functions and hands out futures. What every executor promises is here; where a call runs is its subclass's business.
 *
 *   submit ─▶ queue ─▶ dispatch(): a free slot? ─▶ the subclass starts it ─▶ settle() ─▶ release()
 *
 * `maxWorkers` is the number of slots: of calls in flight at once. Calls beyond that wait, first in first out within their priority.
 */
import { inspect } from 'node:util'
import type { Transferable } from 'node:worker_threads'
import { Call, type CallOptions } from './call.js'
import { CallQueue } from './call-queue.js'
import { ExecutorShutdownError, QueueFullError, TimeoutError } from './errors.js'
import { callSite } from './call-site.js'
import { access, type Future, type WaitOptions } from './future.js'
import { type MapOptions, MapResults, mapArguments } from './map-results.js'
import { onAbort } from './on-abort.js'
import { startTimer } from './timer.js'
import { waitFor } from './wait-for.js'
import { type Callable, describeTask, isCallable } from './task.js'

export interface ScheduleOptions<A extends unknown[], R> {
  readonly fn: Callable<A, R>
  readonly args: A
  /** Cancels the call: before it begins as `future.cancel()`, while it runs as `future.abort(signal.reason)`. */
  readonly signal?: AbortSignal
  /** ms from now until the future fails with TimeoutError; a running call is told to stop by its `currentTask().signal`. Default: none. */
  readonly timeout?: number
  /** ms a call that was told to stop has before its worker is killed. Default: 5,000 after a timeout, for ever after `signal`. */
  readonly grace?: number
  /** What moves to the worker instead of being copied. Only threads can. */
  readonly transfer?: readonly Transferable[]
  /** Higher ones start first; equal ones in order of submission. Default: 0. */
  readonly priority?: number
  /** While a call with this key is unfinished, its future is returned instead of a new call. */
  readonly key?: string
  /** How often the call is run again if its worker dies under it. Default: 0. A call that merely throws is never repeated. */
  readonly retries?: number
}

export interface ShutdownOptions {
  /** Whether the returned promise waits until all work is done and every worker is gone. Default: true. */
  readonly wait?: boolean
  /** Whether calls that have not begun are cancelled. Default: false. */
  readonly cancelFutures?: boolean
  /** Ends the waiting, not the shutdown: the promise rejects with `signal.reason`, and the work is done all the same. */
  readonly signal?: AbortSignal
}

export interface ExecutorStats {
  /** Workers alive: threads, processes, or 1. */
  readonly workers: number
  /** Slots taken by calls. */
  readonly busy: number
  /** Calls that wait. */
  readonly queued: number
  /** Calls that returned. */
  readonly completed: number
  /** Calls that failed; cancelled ones are counted nowhere. */
  readonly failed: number
}

export interface ExecutorOptions {
  /** Calls in flight at once. */
  readonly maxWorkers?: number
  /** How many calls may wait; one more is refused with QueueFullError. Default: no limit. */
  readonly maxQueue?: number
  /** Start of the workers' names. Default: the class's name and a number. */
  readonly name?: string
  /** Let tasks submit to this executor from within. Default: false. */
  readonly allowNested?: boolean
}

/** How long shutdown() waits for calls that were aborted but do not end, in ms. Nobody is interested in them any more. */
const ABORTED_GRACE = 5000

const namesTaken = new Map<string, number>()

export abstract class Executor implements AsyncDisposable {
  readonly name: string
  readonly maxWorkers: number
  protected readonly queue: CallQueue = new CallQueue()
  protected readonly allowNested: boolean
  readonly #maxQueue: number
  readonly #byKey = new Map<string, Future<unknown>>()
  #roomWaiters: (() => void)[] = []
  #endWaiters: (() => void)[] = []
  #isShutdown = false
  /** Calls whose futures are not done. */
  #unfinished = 0
  #completed = 0
  #failed = 0

  protected constructor(options: ExecutorOptions & { readonly maxWorkers: number }) {
    const { maxWorkers, maxQueue = Infinity, allowNested = false } = options
    requireMaxWorkers(maxWorkers)
    if (maxQueue !== Infinity) requireInteger('maxQueue', maxQueue, 0)
    this.maxWorkers = maxWorkers
    this.#maxQueue = maxQueue
    this.allowNested = allowNested
    this.name = options.name ?? nextName(new.target.name)
  }

  /**
   * Hands `fn(...args)` over to be run; returns at once.
   * @throws TypeError if `fn` is not callable; ExecutorShutdownError, QueueFullError, BrokenExecutorError, NestedSubmitError
   */
  submit<A extends unknown[], R>(fn: Callable<A, R>, ...args: A): Future<Awaited<R>> {
    this.#admit(fn)
    return this.#accept(new Call(fn, args, callSite(this.submit))) as Future<Awaited<R>>
  }

  /** {@link submit} with options. */
  schedule<A extends unknown[], R>(options: ScheduleOptions<A, R>): Future<Awaited<R>> {
    const { fn, args, signal, timeout, grace, key } = options
    if (!Array.isArray(args)) throw new TypeError(`Expected \`args\` to be an array, got ${inspect(args)}`)
    if (timeout !== undefined) requireTime('timeout', timeout)
    if (grace !== undefined) requireTime('grace', grace)
    if (options.retries !== undefined) requireInteger('retries', options.retries, 0)
    if (options.priority !== undefined && !Number.isFinite(options.priority)) {
      throw new TypeError(`Expected \`priority\` to be a number, got ${inspect(options.priority)}`)
    }
    const same = key === undefined ? undefined : this.#byKey.get(key)
    if (same !== undefined) return same as Future<Awaited<R>>
    this.#admit(fn)
    const call = new Call(fn, args, callSite(this.schedule), callOptions(options))
    const { future } = call
    if (signal?.aborted === true) {
      future.cancel(signal.reason)
      return future as Future<Awaited<R>>
    }
    if (key !== undefined) this.#byKey.set(key, future)
    const expire = (): void => {
      const error = new TimeoutError(`The call of '${describeTask(fn)}' was not done within ${timeout} ms`, { future })
      this.#failed += 1
      access.expire(future, error, grace ?? 5000)
    }
    this.#accept(call)
    if (!future.done() && (signal !== undefined || timeout !== undefined || key !== undefined)) {
      const offAbort = onAbort(signal, (reason) => void future.abort(reason, grace === undefined ? {} : { grace }))
      const timer = startTimer(timeout, expire)
      access.onDone(future, () => {
        clearTimeout(timer)
        offAbort()
        if (key !== undefined) this.#byKey.delete(key)
      })
    } else if (key !== undefined) {
      this.#byKey.delete(key)
    }
    return future as Future<Awaited<R>>
  }

  /** {@link submit}, or undefined if as many calls wait as `maxQueue` allows. */
  trySubmit<A extends unknown[], R>(fn: Callable<A, R>, ...args: A): Future<Awaited<R>> | undefined {
    if (isCallable(fn) && this.#isFull()) {
      this.#refuseIfClosed(fn)
      return undefined
    }
    return this.submit(fn, ...args)
  }

  /**
   * Resolves when the queue has room.
   * @throws TimeoutError, or `signal.reason`
   */
  async ready(options: WaitOptions = {}): Promise<void> {
    const { timeout } = options
    options.signal?.throwIfAborted()
    const deadline = timeout === undefined ? Infinity : performance.now() + timeout
    const listen = (happened: () => void): (() => void) => {
      this.#roomWaiters.push(happened)
      return () => {
        this.#roomWaiters = this.#roomWaiters.filter((waiter) => waiter !== happened)
      }
    }
    while (this.#isFull() && !this.#isShutdown) {
      await waitFor<void>({ ...options, timeout: deadline - performance.now() }, listen, () => {
        throw new TimeoutError(`The queue of ${this.name} had no room within ${timeout} ms`)
      })
    }
  }

  /**
   * Calls `fn` for every item (or every tuple of items: the shortest iterable ends it) and gives the results in input order.
   * Arrays and other sized inputs are submitted at once; generators and async iterables are read as far ahead as `buffersize` says.
   */
  map<T, R>(fn: Callable<[T], R>, xs: Iterable<T> | AsyncIterable<T>, options?: MapOptions): MapResults<Awaited<R>>
  map<T, U, R>(
    fn: Callable<[T, U], R>,
    xs: Iterable<T> | AsyncIterable<T>,
    ys: Iterable<U> | AsyncIterable<U>,
    options?: MapOptions,
  ): MapResults<Awaited<R>>
  map<T, U, V, R>(
    fn: Callable<[T, U, V], R>,
    xs: Iterable<T> | AsyncIterable<T>,
    ys: Iterable<U> | AsyncIterable<U>,
    zs: Iterable<V> | AsyncIterable<V>,
    options?: MapOptions,
  ): MapResults<Awaited<R>>
  map<R>(fn: Callable<never[], R>, ...rest: unknown[]): MapResults<Awaited<R>> {
    const { inputs, options } = mapArguments(rest)
    this.#admit(fn, false)
    const origin = callSite(this.map)
    return new MapResults<Awaited<R>>(inputs, options, {
      maxAhead: Math.min(2 * this.maxWorkers, this.maxWorkers + this.#maxQueue),
      isBounded: this.#maxQueue !== Infinity,
      chunks: this.runsChunks,
      submit: (args, chunk) => {
        this.#admit(fn)
        return this.#accept(new Call(fn, args, origin, chunk ? { chunk } : undefined))
      },
    })
  }

  /**
   * Takes no more work; what was submitted is still done, unless `cancelFutures`. Safe to call again, also to wait after not having waited.
   * @throws `signal.reason` if it aborts before the end; shutting down goes on
   */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    const { wait = true, cancelFutures = false, signal } = options
    this.#isShutdown = true
    if (cancelFutures) this.cancelQueued()
    this.#wakeForRoom()
    this.shuttingDown()
    this.#checkEnd()
    if (!wait) return
    const end = this.#end()
    if (signal === undefined) await end
    else
      await waitFor<void>(
        { signal },
        (happened) => (void end.then(happened), () => undefined),
        () => undefined,
      )
  }

  /** Runs `body` with this executor, then shuts it down; if `body` throws, calls that have not begun are cancelled first. */
  async use<R>(body: (executor: this) => R | Promise<R>): Promise<R> {
    let failed = true
    try {
      const result = await body(this)
      failed = false
      return result
    } finally {
      await this.shutdown({ cancelFutures: failed })
    }
  }

  /** How much it does and has done, at this moment. */
  get stats(): ExecutorStats {
    return { workers: this.workerCount, busy: this.busy, queued: this.waiting, completed: this.#completed, failed: this.#failed }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown()
  }

  /** Workers alive. */
  protected abstract get workerCount(): number
  /** Slots taken. */
  protected abstract get busy(): number
  /** Whether a chunk of map() is run by a worker in one go. */
  protected abstract get runsChunks(): boolean
  /** Starts as many waiting calls as there are free slots. */
  protected abstract dispatch(): void
  /** The call is about to be queued. */
  protected arriving(_call: Call): void {}
  /** The call was submitted but has to wait. */
  protected postponed(_call: Call): void {}
  /** What makes this executor refuse work, besides being shut down. */
  protected abstract refusal(fn: unknown): Error | undefined
  /** shutdown() was called. */
  protected shuttingDown(): void {}
  /** Waits until every worker is gone, once all calls have ended. */
  protected async workersGone(): Promise<void> {}
  /** The number of unfinished calls went from none to some, or back. */
  protected holding(_some: boolean): void {}

  /** Calls that wait, wherever. */
  protected get waiting(): number {
    return this.queue.length
  }

  /** Whether there are futures that are not done. */
  protected get hasUnfinished(): boolean {
    return this.#unfinished > 0
  }

  protected get isShutdown(): boolean {
    return this.#isShutdown
  }

  /** Whether nothing is queued and no slot is taken. */
  protected get isIdle(): boolean {
    return this.queue.length === 0 && this.busy === 0
  }

  /** A call ended: tell its future, unless it was aborted meanwhile. */
  protected settle(call: Call, failed: boolean, value: unknown): void {
    if (call.future.done()) return
    if (failed) this.#failed += 1
    else this.#completed += 1
    this.finished()
    access.settle(call.future, failed, value)
  }

  /** A future that was not done is done now. */
  finished(): void {
    this.#unfinished -= 1
    if (this.#unfinished > 0) return
    this.holding(false)
    if (this.#isShutdown) this.#checkEnd()
  }

  /** A slot or a place in the queue became free. */
  released(): void {
    if (this.#roomWaiters.length > 0 && !this.#isFull()) this.#wakeForRoom()
    if (this.#isShutdown) this.#checkEnd()
  }

  protected cancelQueued(): void {
    for (let call = this.queue.shift(); call !== undefined; call = this.queue.shift()) call.future.cancel()
  }

  /** Everything that waits fails with this error. */
  protected failQueued(error: Error): void {
    for (let call = this.queue.shift(); call !== undefined; call = this.queue.shift()) this.settle(call, true, error)
  }

  #admit(fn: unknown, needsRoom = true): void {
    this.#refuseIfClosed(fn)
    if (needsRoom && this.#isFull()) {
      throw new QueueFullError(
        `${this.waiting} calls already wait in ${this.name} (maxQueue: ${this.#maxQueue}). ` +
          'Await ready() before submitting, use trySubmit(), or let map() pace itself.',
      )
    }
  }

  #refuseIfClosed(fn: unknown): void {
    if (!isCallable(fn)) {
      throw new TypeError(
        `Expected \`fn\` to be a function, a task() or a reference of tasks(), got ${inspect(fn)} (${typeof fn})`,
      )
    }
    const refusal = this.refusal(fn)
    if (refusal !== undefined) throw refusal
    if (this.#isShutdown) throw new ExecutorShutdownError('cannot schedule new futures after shutdown')
  }

  #accept(call: Call): Future<unknown> {
    call.executor = this
    this.#unfinished += 1
    if (this.#unfinished === 1) this.holding(true)
    this.arriving(call)
    this.queue.push(call)
    this.dispatch()
    if (call.queue !== undefined) this.postponed(call)
    return call.future
  }

  #isFull(): boolean {
    return this.waiting >= this.#maxQueue && this.busy >= this.maxWorkers
  }

  #wakeForRoom(): void {
    const waiters = this.#roomWaiters
    this.#roomWaiters = []
    for (const wake of waiters) wake()
  }

  #checkEnd(): void {
    if (!this.isIdle && this.#unfinished > 0) return
    const waiters = this.#endWaiters
    this.#endWaiters = []
    for (const wake of waiters) wake()
  }

  async #end(): Promise<void> {
    let graceOver = false
    let timer: NodeJS.Timeout | undefined
    while (!this.isIdle && !graceOver) {
      await new Promise<void>((resolve) => {
        this.#endWaiters.push(resolve)
        // Only aborted calls are left: one that goes on regardless must not hold the program up for ever.
        if (this.#unfinished > 0) return
        clearTimeout(timer)
        timer = setTimeout(() => {
          graceOver = true
          resolve()
        }, ABORTED_GRACE)
      })
    }
    clearTimeout(timer)
    await this.workersGone()
  }
}

function callOptions<A extends unknown[], R>({ transfer, priority, retries }: ScheduleOptions<A, R>): CallOptions {
  return {
    ...(transfer === undefined ? {} : { transfer }),
    ...(priority === undefined ? {} : { priority }),
    ...(retries === undefined ? {} : { retries }),
  }
}

function nextName(className: string): string {
  const n = (namesTaken.get(className) ?? 0) + 1
  namesTaken.set(className, n)
  return `${className}-${n}`
}

/** Before anything is computed from it. @throws TypeError or RangeError, with CPython's words for what is too small */
export function requireMaxWorkers(maxWorkers: number): void {
  if (maxWorkers <= 0) throw new RangeError('maxWorkers must be greater than 0')
  requireInteger('maxWorkers', maxWorkers, 1)
}

/** @throws TypeError, or RangeError if it is an integer out of range */
export function requireInteger(option: string, value: unknown, least: number): void {
  if (!Number.isInteger(value))
    throw new TypeError(`Expected \`${option}\` to be an integer from ${least} up, got ${inspect(value)} (${typeof value})`)
  if ((value as number) < least)
    throw new RangeError(`Expected \`${option}\` to be an integer from ${least} up, got ${inspect(value)}`)
}

/** @throws TypeError or RangeError */
export function requireTime(option: string, value: unknown): void {
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw new TypeError(`Expected \`${option}\` to be a number of milliseconds, got ${inspect(value)} (${typeof value})`)
  }
  if (value < 0) throw new RangeError(`Expected \`${option}\` to be at least 0 milliseconds, got ${value}`)
}
