/**
 * The results of `executor.map()`: an async iterator over values in input order, or in order of completion with `unordered`.
 *
 * Sized inputs are submitted at once. Others are read ahead of the results by at most `buffersize` calls, and only next() drives the reading:
 * nobody asks, nothing is read. One call stands for `chunksize` items where workers are far away.
 *
 * It is written by hand, not as an async generator: a generator's return() waits behind a pending next(), but closing the iterator has to
 * cancel at once what next() waits for.
 */
import { inspect } from 'node:util'
import { CancelledError, TimeoutError } from './errors.js'
import { access, type Future } from './future.js'
import { isIterable, MapInputs } from './map-inputs.js'
import { onAbort } from './on-abort.js'
import { waitFor } from './wait-for.js'

export interface MapOptions {
  /** ms from the call of map() until next() throws TimeoutError; then the rest is cancelled. Default: none. */
  readonly timeout?: number
  /** How many items a thread or process gets at once. Default: 1. More pays off for small calls. Other executors ignore it. */
  readonly chunksize?: number
  /** How many calls may be ahead of the results. Default: no limit for sized inputs, 2 × `maxWorkers` for generators and async iterables. */
  readonly buffersize?: number
  /** Results as they come instead of in input order. Default: false. */
  readonly unordered?: boolean
  /**
   * What a failing call does. `'stop'`: its error is thrown at its position, the iterator ends, calls that have not begun are cancelled.
   * `'continue'`: its error is thrown at its position, the following next() gives the following result. Default: `'stop'`, because a
   * `for await` loop that is left by an error never tells the iterator, and the work would go on for nobody.
   */
  readonly onError?: 'stop' | 'continue'
  /** Cancels everything, also what runs; next() then throws `signal.reason`. */
  readonly signal?: AbortSignal
}

/** What became of one item. `index` is its place in the input. */
export type Settled<R> =
  | { readonly index: number; readonly status: 'fulfilled'; readonly value: R }
  | { readonly index: number; readonly status: 'rejected'; readonly reason: unknown }

/** What map() lends its results. */
export interface MapTarget {
  /** Calls ahead of the results when the input has no size. */
  readonly maxAhead: number
  /** Whether submitting may fail for lack of room, so that sized inputs have to be paced as well. */
  readonly isBounded: boolean
  /** Whether a chunk is one call. */
  readonly chunks: boolean
  submit(args: readonly unknown[], chunk: boolean): Future<unknown>
}

/** A submitted call and the items it stands for. */
interface Entry {
  readonly index: number
  readonly size: number
  readonly future: Future<unknown>
  /** Its neighbours in {@link Entries}. */
  previous?: Entry | undefined
  next?: Entry | undefined
}

/** What the future of a chunk has for each of its items: the result, or the error. */
export type ChunkOutcome = readonly [failed: boolean, value: unknown]

export class MapResults<R> implements AsyncIterableIterator<R>, AsyncDisposable {
  readonly #inputs: MapInputs
  readonly #options: MapOptions
  readonly #chunksize: number
  readonly #target: MapTarget
  readonly #deadline: number
  /** Submitted calls whose results were not given out, oldest first. */
  #entries: Entries = new Entries()
  /** Unordered: those that are done, first done first; they are no longer among `#entries`. */
  #completed: Entries = new Entries()
  /** Items of a finished chunk that were not given out. */
  #ready: Settled<R>[] = []
  #nextIndex = 0
  /** How many calls may have been submitted by now; next() raises it. */
  #allowed: number
  #submitted = 0
  #exhausted = false
  /** Why the input ended early; thrown after the results of what was submitted. */
  #inputError: { readonly error: unknown } | undefined
  #pumping = false
  #ended = false
  #wake: (() => void) | undefined
  #turn: Promise<unknown> = Promise.resolve()
  readonly #offAbort: () => void

  /** @internal executor.map() makes these. */
  constructor(inputs: MapInputs, options: MapOptions, target: MapTarget) {
    const { timeout, signal, buffersize } = options
    this.#options = options
    this.#target = target
    this.#chunksize = target.chunks ? (options.chunksize ?? 1) : 1
    this.#deadline = timeout === undefined ? Infinity : performance.now() + timeout
    this.#inputs = inputs
    const isEager = buffersize === undefined && !target.isBounded && inputs.isSized
    this.#allowed = isEager ? Infinity : (buffersize ?? target.maxAhead)
    this.#offAbort = onAbort(signal, (reason) => this.#abort(reason))
    if (signal?.aborted === true) this.#stopReading(signal.reason)
    this.#fill()
    // As in Python, what goes wrong before anything was submitted is map()'s own error.
    if (this.#inputError !== undefined && this.#submitted === 0 && signal?.aborted !== true && !inputs.isAsync) {
      this.#end()
      throw this.#inputError.error
    }
  }

  /** @throws the item's error, TimeoutError, `signal.reason`, or what the input threw */
  next(): Promise<IteratorResult<R, undefined>> {
    return this.#inTurn(async () => {
      const settled = await this.#settle()
      if (settled === undefined) return { done: true, value: undefined }
      if (settled.status === 'fulfilled') return { done: false, value: settled.value }
      if (this.#options.onError !== 'continue') this.#cancelRest()
      throw settled.reason
    })
  }

  /** Ends the iteration; calls that have not begun are cancelled. */
  return(): Promise<IteratorResult<R, undefined>> {
    this.#cancelRest()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  /** All results. @throws what {@link next} throws; the rest is cancelled then */
  async toArray(): Promise<R[]> {
    const results: R[] = []
    try {
      for (;;) {
        const { done, value } = await this.next()
        if (done === true) return results
        results.push(value)
      }
    } finally {
      this.#cancelRest()
    }
  }

  /** Every item's outcome as a value: errors of items are not thrown, so the loop sees all of them. */
  settled(): AsyncIterableIterator<Settled<R>> {
    const iterator: AsyncIterableIterator<Settled<R>> = {
      next: () =>
        this.#inTurn(async () => {
          const value = await this.#settle()
          return value === undefined ? { done: true, value: undefined } : { done: false, value }
        }),
      return: async () => {
        await this.return()
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  /** Calls of next() that overlap are answered one after the other, as an async generator would. */
  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(step)
    // Not the result itself: it would be kept alive until the next one.
    this.#turn = result.then(forget, forget)
    return result
  }

  async #settle(): Promise<Settled<R> | undefined> {
    const item = this.#ready.shift()
    if (item !== undefined) return item
    if (this.#ended) return undefined
    if (this.#submitted >= this.#allowed || this.#entries.length > 0 || this.#completed.length > 0 || this.#pumping)
      this.#allowed += 1
    this.#fill()
    for (;;) {
      const entry = this.#take()
      if (entry !== undefined) return this.#open(entry)
      if (this.#ended) return undefined
      if (this.#exhausted && !this.#pumping && this.#entries.length === 0) {
        this.#end()
        if (this.#inputError !== undefined) throw this.#inputError.error
        return undefined
      }
      await this.#change()
    }
  }

  /** The entry to give out now, if it is done. */
  #take(): Entry | undefined {
    if (this.#options.unordered === true) return this.#completed.shift()
    return this.#entries.first?.future.done() === true ? this.#entries.shift() : undefined
  }

  #open({ index, size, future }: Entry): Settled<R> | undefined {
    if (access.failed(future) || future.cancelled()) {
      // A chunk that is lost as a whole, with its worker for example, fails every item in it.
      const settled = Array.from({ length: size }, (_, i) => ({
        index: index + i,
        status: 'rejected' as const,
        reason: access.value(future),
      }))
      this.#ready.push(...settled.slice(1))
      return settled[0]
    }
    const value = access.value(future)
    if (this.#chunksize === 1) return { index, status: 'fulfilled', value: value as R }
    for (const [i, [failed, result]] of (value as ChunkOutcome[]).entries()) {
      this.#ready.push(
        failed
          ? { index: index + i, status: 'rejected', reason: result }
          : { index: index + i, status: 'fulfilled', value: result as R },
      )
    }
    return this.#ready.shift()
  }

  /** Resolves when something was submitted, is done, or ended. @throws TimeoutError */
  #change(): Promise<void> {
    const first = this.#options.unordered === true ? undefined : this.#entries.first?.future
    const listen = (happened: () => void): (() => void) => {
      this.#wake = happened
      const wake = (): void => this.#wake?.()
      if (first !== undefined) access.onDone(first, wake)
      return () => {
        this.#wake = undefined
        if (first !== undefined) access.removeOnDone(first, wake)
      }
    }
    return waitFor<void>({ timeout: this.#deadline - performance.now() }, listen, () => {
      this.#cancelRest()
      const message = `The results of map() were not complete within ${this.#options.timeout} ms`
      throw new TimeoutError(message, first === undefined ? {} : { future: first })
    })
  }

  /** Submits as many calls as are allowed. */
  #fill(): void {
    if (this.#inputs.isAsync) {
      void this.#pump()
      return
    }
    while (!this.#exhausted && this.#submitted < this.#allowed) {
      const items: unknown[][] = []
      try {
        while (items.length < this.#chunksize) {
          const args = this.#inputs.next()
          if (args === undefined) {
            this.#exhausted = true
            break
          }
          items.push(args)
        }
      } catch (error) {
        this.#stopReading(error)
      }
      this.#submit(items)
    }
  }

  /** The same for asynchronous inputs; at most one of these runs. */
  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    while (!this.#exhausted && this.#submitted < this.#allowed) {
      const items: unknown[][] = []
      try {
        while (items.length < this.#chunksize && !this.#exhausted) {
          const args = await this.#inputs.nextAsync()
          if (args === undefined) this.#exhausted = true
          else items.push(args)
        }
      } catch (error) {
        this.#stopReading(error)
      }
      if (!this.#ended) this.#submit(items)
    }
    this.#pumping = false
    this.#wake?.()
  }

  #submit(items: unknown[][]): void {
    if (items.length === 0) return
    const isChunk = this.#chunksize > 1
    let future: Future<unknown>
    try {
      future = this.#target.submit(isChunk ? items : items[0]!, isChunk)
    } catch (error) {
      this.#stopReading(error)
      return
    }
    const entry: Entry = { index: this.#nextIndex, size: items.length, future }
    this.#nextIndex += items.length
    this.#submitted += 1
    const entries = this.#entries
    access.observe(future)
    entries.push(entry)
    if (this.#options.unordered === true) {
      access.onDone(future, () => {
        if (entries !== this.#entries) return // let go of meanwhile
        entries.delete(entry)
        this.#completed.push(entry)
        this.#wake?.()
      })
    } else {
      this.#wake?.()
    }
  }

  #stopReading(error: unknown): void {
    this.#inputError ??= { error }
    this.#exhausted = true
  }

  #abort(reason: unknown): void {
    const entries = this.#entries
    this.#end()
    this.#inputError = { error: reason }
    this.#ended = false
    this.#exhausted = true
    for (const { future } of entries) future.abort(reason)
    this.#wake?.()
  }

  #cancelRest(): void {
    const entries = this.#entries
    this.#end()
    for (const { future } of entries) future.cancel(new CancelledError('The iteration over the results of map() ended'))
    this.#wake?.()
  }

  /** Lets go of everything. */
  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#offAbort()
    this.#inputs.close()
    this.#exhausted = true
    this.#entries = new Entries()
    this.#completed = new Entries()
    this.#ready = []
  }
}

/**
 * A list that lets go of what was taken out, and takes from the front, or from anywhere, in constant time. Not a Set: looking for the first
 * of a Set whose front was deleted skips over every deleted place again, which makes a map() over 200,000 items spend most of its time there.
 */
class Entries implements Iterable<Entry> {
  #first: Entry | undefined
  #last: Entry | undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  get first(): Entry | undefined {
    return this.#first
  }

  push(entry: Entry): void {
    entry.previous = this.#last
    if (this.#last === undefined) this.#first = entry
    else this.#last.next = entry
    this.#last = entry
    this.#length += 1
  }

  shift(): Entry | undefined {
    const first = this.#first
    if (first !== undefined) this.delete(first)
    return first
  }

  /** Takes out an entry that is in here. */
  delete(entry: Entry): void {
    const { previous, next } = entry
    if (previous === undefined) this.#first = next
    else previous.next = next
    if (next === undefined) this.#last = previous
    else next.previous = previous
    entry.previous = undefined
    entry.next = undefined
    this.#length -= 1
  }

  *[Symbol.iterator](): Generator<Entry> {
    for (let entry = this.#first; entry !== undefined; entry = entry.next) yield entry
  }
}

/** Splits the arguments of map() into inputs and options, and checks both. */
export function mapArguments(rest: readonly unknown[]): {
  readonly inputs: MapInputs
  readonly options: MapOptions
} {
  const last = rest.at(-1)
  const hasOptions = rest.length > 1 && (last === undefined || (typeof last === 'object' && last !== null && !isIterable(last)))
  const sources = hasOptions ? rest.slice(0, -1) : [...rest]
  if (sources.length === 0) throw new TypeError('map() needs at least one iterable besides the function')
  for (const [i, source] of sources.entries()) {
    if (!isIterable(source))
      throw new TypeError(`Expected argument ${i + 2} of map() to be iterable, got ${inspect(source)} (${typeof source})`)
  }
  const options = ((hasOptions ? last : undefined) ?? {}) as MapOptions
  const { chunksize, buffersize, timeout, onError } = options
  if (chunksize !== undefined) {
    if (!Number.isInteger(chunksize)) throw new TypeError('chunksize must be an integer')
    if (chunksize < 1) throw new RangeError('chunksize must be >= 1')
  }
  if (buffersize !== undefined) {
    if (!Number.isInteger(buffersize)) throw new TypeError('buffersize must be an integer')
    if (buffersize < 1) throw new RangeError('buffersize must be > 0')
  }
  if (timeout !== undefined && (typeof timeout !== 'number' || Number.isNaN(timeout))) {
    throw new TypeError(`Expected \`timeout\` to be a number of milliseconds, got ${inspect(timeout)}`)
  }
  if (onError !== undefined && onError !== 'stop' && onError !== 'continue') {
    throw new RangeError(`Expected \`onError\` to be 'stop' or 'continue', got ${inspect(onError)}`)
  }
  return { inputs: new MapInputs(sources as (Iterable<unknown> | AsyncIterable<unknown>)[]), options }
}

function forget(): void {}
