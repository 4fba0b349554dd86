/**
 * The worker's side of a pool: gets calls, runs them, hands the results to a ResultSender. The same for threads and processes; only the
 * channel differs (thread-entry.ts, process-entry.ts).
 */
import { claim } from '../pool/claims.js'
import { currentContext, runInTask, TaskContext } from '../current-task.js'
import { decodeError, encodeError } from '../travel/error-envelope.js'
import { pack, unpack } from '../travel/payload.js'
import { notSerializable } from '../travel/uncloneable.js'
import type { Channel } from './channel.js'
import { markWorker } from './in-worker.js'
import { importModule, loadTask, type TaskFunction } from './load-task.js'
import { readCalls, type CallMessage, type ChunkItem, type ToWorker, type WorkerSetup } from './messages.js'
import { ResultSender } from './result-sender.js'

/** A function of the pool: being imported, ready, or failed to import. */
interface Loaded {
  readonly name: string
  readonly loading: Promise<void>
  fn?: TaskFunction
  failure?: { readonly error: unknown }
}

interface Running {
  readonly context: TaskContext
  readonly task: string
  readonly chunk: boolean
  /** The task called process.exit(): its caller has been told, its outcome is of no interest. */
  hasExited?: boolean
}

/** Unwinds a task that called process.exit(). */
class TaskExit extends Error {
  readonly code: number

  constructor(code: number) {
    super(`process.exit(${code}) in a task`)
    this.code = code
  }
}

/** How long calls that never wait may keep the event loop from its timers and sockets, in ms. */
const MAX_HOLD = 5

export class TaskRunner {
  readonly #setup: WorkerSetup
  readonly #channel: Channel
  readonly #sender: ResultSender
  readonly #functions = new Map<number, Loaded>()
  readonly #running = new Map<number, Running>()
  /** Calls sent ahead, and calls that came before the worker was ready. */
  #waiting: CallMessage[] = []
  /** The first of those that has not been looked at. */
  #next = 0
  #isReady = false
  #lastFunction = -1
  #turnStart = 0
  #isDraining = false
  #exitCode: number | undefined

  constructor(setup: WorkerSetup, channel: Channel) {
    this.#setup = setup
    this.#channel = channel
    this.#sender = new ResultSender(channel)
    markWorker({ allowNested: setup.allowNested })
    process.exit = (code) => this.#exitFromTask(Number(code ?? process.exitCode ?? 0))
  }

  /** Greets the pool, then imports and initializes. */
  async start(): Promise<void> {
    const { imports, initializer, buffers } = this.#setup
    const initargs = [...this.#setup.initargs]
    this.#channel.post({ type: 'hello' }, [])
    let during: 'import' | 'initializer' = 'import'
    try {
      for (const url of imports) await importModule(url)
      during = 'initializer'
      unpack(initargs, buffers)
      if (initializer !== undefined) await (await loadTask(initializer))(...initargs)
    } catch (error) {
      this.#channel.post({ type: 'unusable', during, error: encodeError(error) }, [])
      return
    }
    this.#isReady = true
    this.#channel.post({ type: 'ready' }, [])
    this.#turnStart = performance.now()
    this.#drain()
  }

  receive(message: ToWorker): void {
    switch (message.type) {
      case 'calls':
        this.#turnStart = performance.now()
        for (const [id, reference] of message.functions) this.#load(id, reference)
        this.#take(message)
        this.#drain()
        break
      case 'abort':
        this.#abort(message.id, decodeError(message.reason))
        break
      case 'ping':
        this.#channel.post({ type: 'pong' }, [])
        break
      case 'stop':
        void this.#exitNow(0)
        break
    }
  }

  #abort(id: number, reason: unknown): void {
    const call = this.#running.get(id)
    if (call !== undefined) {
      call.context.abort(reason)
      return
    }
    // It has not begun, while this worker is starting for example: then it never does.
    const i = this.#waiting.findIndex((waiting, place) => waiting.id === id && place >= this.#next)
    if (i === -1) return
    const [{ fn, claim: cell, chunk }] = this.#waiting.splice(i, 1) as [CallMessage]
    if (cell !== -1 && !claim(this.#setup.claims!, cell)) return
    this.#sender.add({ id, task: this.#functions.get(fn)!.name, chunk, failed: true, value: reason })
  }

  /** An error nobody caught: the end of this worker, unless a task has a handler of its own for that. */
  uncaught(error: unknown): void {
    if (error instanceof TaskExit || process.listenerCount('uncaughtException') > 1) return
    this.#die(error)
  }

  /** A message of the pool could not be read. Its calls would never be answered, so this worker ends, and they with it. */
  unreadable(error: unknown): void {
    this.#die(error, { waiting: this.#waiting.slice(this.#next).map(({ id }) => id) })
  }

  #die(error: unknown, more: { readonly waiting?: readonly number[] } = {}): void {
    this.#sender.flush()
    this.#channel.post({ type: 'dying', error: encodeError(error), running: [...this.#running.keys()], ...more }, [])
    this.#channel.exit(1)
  }

  #load(id: number, reference: Parameters<typeof loadTask>[0]): void {
    const loaded: Loaded = {
      name: reference.name,
      loading: loadTask(reference).then(
        (fn) => {
          loaded.fn = fn
        },
        (error: unknown) => {
          loaded.failure = { error }
        },
      ),
    }
    this.#functions.set(id, loaded)
  }

  #take({ calls, buffers }: ToWorker & { type: 'calls' }): void {
    const places = buffers === undefined ? undefined : new Map(buffers)
    for (const call of readCalls(calls)) {
      unpack(call.args, places?.get(call.id))
      if (!this.#isReady || call.claim !== -1 || this.#waiting.length > 0) this.#waiting.push(call)
      else this.#begin(call)
    }
  }

  /** Begins waiting calls while there is room. */
  #drain(): void {
    if (this.#isDraining || !this.#isReady) return
    this.#isDraining = true
    while (this.#next < this.#waiting.length && this.#running.size < this.#setup.capacity && this.#exitCode === undefined) {
      if (performance.now() - this.#turnStart > MAX_HOLD) {
        this.#sender.flush()
        setImmediate(() => {
          this.#turnStart = performance.now()
          this.#drain()
        })
        break
      }
      const call = this.#waiting[this.#next]!
      this.#next += 1
      if (call.claim === -1 || claim(this.#setup.claims!, call.claim)) this.#begin(call)
    }
    if (this.#next === this.#waiting.length) {
      this.#waiting = []
      this.#next = 0
    }
    this.#isDraining = false
  }

  #begin(call: CallMessage): void {
    const { id, slot, fn, attempt, chunk } = call
    // Another function may take much longer than the last one; what there is must not wait for it.
    if (fn !== this.#lastFunction) this.#sender.flush()
    this.#lastFunction = fn
    const loaded = this.#functions.get(fn)!
    const context = new TaskContext(`${this.#setup.pool}_${slot}`, attempt, (value) => this.#report(id, loaded.name, value))
    if (this.#running.size === 0) this.#sender.wakes()
    this.#running.set(id, { context, task: loaded.name, chunk })
    if (loaded.fn !== undefined) this.#run(call, loaded.fn, context)
    else {
      void loaded.loading.then(() => {
        if (loaded.failure?.error instanceof TaskExit) this.#exitCall(id, loaded.failure.error.code)
        else if (context.aborted) this.#end(id, true, undefined)
        else if (loaded.fn === undefined) this.#end(id, true, loaded.failure!.error)
        else this.#run(call, loaded.fn, context)
      })
    }
  }

  #run({ id, args, chunk }: CallMessage, fn: TaskFunction, context: TaskContext): void {
    let result: unknown
    try {
      result = chunk ? runInTask(context, runChunk, [fn, args]) : runInTask(context, fn, args)
    } catch (error) {
      this.#end(id, true, error)
      return
    }
    if (isThenable(result)) {
      result.then(
        (value) => this.#end(id, false, value),
        (error: unknown) => this.#end(id, true, error),
      )
    } else this.#end(id, false, result)
  }

  #end(id: number, failed: boolean, value: unknown): void {
    const call = this.#running.get(id)
    if (call === undefined) return
    this.#running.delete(id)
    if (call.hasExited !== true) this.#sender.add({ id, task: call.task, chunk: call.chunk, failed, value })
    if (this.#exitCode !== undefined && this.#running.size === 0) void this.#exitNow(this.#exitCode)
    else this.#drain()
  }

  #report(id: number, task: string, value: unknown): void {
    try {
      const { values, buffers } = pack([value])
      this.#channel.post({ type: 'report', id, value: values[0], ...(buffers === undefined ? {} : { buffers }) }, [])
    } catch (cause) {
      throw notSerializable(value, 'report', task, cause)
    }
  }

  /**
   * process.exit() in a task ends the task, and the worker when its other calls are done: they have nothing to do with it.
   * Outside of a task it does what it says.
   */
  #exitFromTask(code: number): never {
    const entry = [...this.#running].find(([, { context }]) => context === currentContext())
    const others = this.#running.size - (entry === undefined ? 0 : 1)
    this.#sender.flush()
    if (others === 0 && !this.#channel.hasOutput()) return this.#channel.exit(code)
    if (entry !== undefined) this.#exitCall(entry[0], code)
    else {
      this.#exitCode ??= code
      this.#channel.post({ type: 'exiting', id: -1, exitCode: code }, [])
      if (others === 0) void this.#exitNow(code)
    }
    // Nothing else unwinds a function that believes it will not go on.
    throw new TaskExit(code)
  }

  #exitCall(id: number, code: number): void {
    this.#exitCode ??= code
    this.#channel.post({ type: 'exiting', id, exitCode: code }, [])
    const call = this.#running.get(id)
    if (call !== undefined) call.hasExited = true
    queueMicrotask(() => this.#end(id, true, undefined))
  }

  async #exitNow(code: number): Promise<never> {
    this.#sender.flush()
    await this.#channel.outputFlushed()
    this.#sender.flush()
    return this.#channel.exit(code)
  }
}

/** The items of a chunk, one after the other; each fails for itself. */
async function runChunk(fn: TaskFunction, items: readonly (readonly unknown[])[]): Promise<ChunkItem[]> {
  const results: ChunkItem[] = []
  for (const args of items) {
    try {
      const value = fn(...args)
      results.push([false, isThenable(value) ? await value : value])
    } catch (error) {
      results.push([true, encodeError(error)])
    }
  }
  return results
}

function isThenable(x: unknown): x is PromiseLike<unknown> {
  return typeof (x as { then?: unknown } | null | undefined)?.then === 'function'
}
