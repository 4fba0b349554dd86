/**
 * The worker's side of a pool: gets calls, runs them, sends results back in batches. The same for threads and processes; only the channel
 * differs (thread-entry.ts, process-entry.ts).
 */
import { claim } from '../claims.js'
import { currentContext, runInTask, TaskContext } from '../current-task.js'
import { decodeError, encodeError, type ErrorEnvelope } from '../error-envelope.js'
import type { ChunkItem } from '../map-results.js'
import { pack, unpack } from '../payload.js'
import { collectTransfers } from '../transfer.js'
import { cloneable, notSerializable } from '../uncloneable.js'
import type { Transferable } from 'node:worker_threads'
import { markWorker } from './in-worker.js'
import { importModule, loadTask, type TaskFunction } from './load-task.js'
import type { CallMessage, FromWorker, ResultMessage, ToWorker, WorkerSetup } from './messages.js'

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
  exited?: boolean
}

/** A result is sent at the latest this long after it is there, in ms, even while further calls keep this thread busy. */
const MAX_DELAY = 1
/** How long calls that never wait may keep the event loop from its timers and sockets, in ms. */
const MAX_HOLD = 5

/** Thrown to unwind a task that called process.exit(); it never gets out of this module. */
class TaskExit extends Error {}

export class TaskRunner {
  readonly #setup: WorkerSetup
  readonly #channel: Channel
  readonly #functions = new Map<number, Loaded>()
  readonly #running = new Map<number, Running>()
  /** Calls sent ahead, and calls that came before the worker was ready. */
  readonly #waiting: CallMessage[] = []
  #isReady = false
  #results: ResultMessage[] = []
  /** The calls those results belong to. */
  readonly #ended = new Map<number, Running>()
  #transfers: Transferable[] = []
  #oldestResult = 0
  #flushScheduled = false
  #flushBlocked = false
  #turnStart = 0
  #busySince = 0
  #isDraining = false
  #exitCode: number | undefined

  constructor(setup: WorkerSetup, channel: Channel) {
    this.#setup = setup
    this.#channel = channel
    markWorker({ allowNested: setup.allowNested })
    process.exit = (code) => this.#exitFromTask(Number(code ?? process.exitCode ?? 0))
  }

  /** Greets the pool, then imports and initializes. */
  async start(): Promise<void> {
    const { token, imports, initializer, initargs } = this.#setup
    this.#channel.post({ type: 'hello', token }, [])
    let during: 'import' | 'initializer' = 'import'
    try {
      for (const url of imports) await importModule(url)
      during = 'initializer'
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
        for (const call of message.calls) {
          if (!this.#isReady || call[6] !== -1 || this.#waiting.length > 0) this.#waiting.push(call)
          else this.#begin(call)
        }
        this.#drain()
        break
      case 'abort':
        this.#running.get(message.id)?.context.abort(decodeError(message.reason))
        break
      case 'ping':
        this.#channel.post({ type: 'pong' }, [])
        break
      case 'stop':
        void this.#stop()
        break
    }
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

  /** Begins waiting calls while there is room. */
  #drain(): void {
    if (this.#isDraining || !this.#isReady) return
    this.#isDraining = true
    while (this.#waiting.length > 0 && this.#running.size < this.#setup.capacity && this.#exitCode === undefined) {
      if (performance.now() - this.#turnStart > MAX_HOLD) {
        this.#flush()
        setImmediate(() => {
          this.#turnStart = performance.now()
          this.#drain()
        })
        break
      }
      const call = this.#waiting.shift()!
      if (call[6] === -1 || claim(this.#setup.claims!, call[6])) this.#begin(call)
    }
    this.#isDraining = false
  }

  #begin(call: CallMessage): void {
    const [id, slot, fn, args, attempt, chunk, , buffers] = call
    const loaded = this.#functions.get(fn)!
    const context = new TaskContext(`${this.#setup.pool}_${slot}`, attempt, (value) => this.#report(id, loaded.name, value))
    if (this.#running.size === 0) this.#busySince = performance.now()
    this.#running.set(id, { context, task: loaded.name, chunk })
    unpack(args, buffers)
    if (loaded.fn !== undefined) this.#run(call, loaded.fn, context)
    else {
      void loaded.loading.then(() => {
        if (loaded.fn === undefined) this.#end(id, true, loaded.failure!.error)
        else this.#run(call, loaded.fn, context)
      })
    }
  }

  #run(call: CallMessage, fn: TaskFunction, context: TaskContext): void {
    const [id, , , args, , chunk] = call
    let result: unknown
    try {
      result = chunk ? runInTask(context, runChunk, [fn, args]) : runInTask(context, fn, args)
    } catch (error) {
      this.#end(id, true, error)
      return
    }
    if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
      ;(result as PromiseLike<unknown>).then(
        (value) => this.#end(id, false, value),
        (error: unknown) => this.#end(id, true, error),
      )
    } else this.#end(id, false, result)
  }

  #end(id: number, failed: boolean, value: unknown): void {
    const call = this.#running.get(id)
    if (call === undefined) return
    this.#running.delete(id)
    if (call.exited !== true) this.#add(id, failed, value, call)
    if (this.#exitCode !== undefined && this.#running.size === 0) void this.#exitNow(this.#exitCode)
    else this.#drain()
  }

  #add(id: number, failed: boolean, value: unknown, call: Running): void {
    if (failed) this.#results.push([id, true, encodeError(value)])
    else {
      collectTransfers(value, this.#transfers)
      const packed = pack([value])
      this.#results.push([id, false, packed.values[0], packed.buffers])
    }
    this.#ended.set(id, call)
    const now = performance.now()
    if (this.#results.length === 1) this.#oldestResult = now
    if (now - this.#oldestResult > MAX_DELAY) this.#flush()
    else if (!this.#flushScheduled) {
      this.#flushScheduled = true
      // After the microtasks: by then everything that could end in this turn has ended.
      process.nextTick(() => {
        this.#flushScheduled = false
        this.#flush()
      })
    }
  }

  #flush(): void {
    if (this.#results.length === 0 || this.#flushBlocked) return
    if (this.#channel.hasOutput()) {
      // What a task printed must be out before its caller goes on, and perhaps exits.
      this.#flushBlocked = true
      void this.#channel.outputFlushed().then(() => {
        this.#flushBlocked = false
        this.#flush()
      })
      return
    }
    const results = this.#results
    const transfers = this.#transfers
    this.#results = []
    this.#transfers = []
    const now = performance.now()
    const busy = now - this.#busySince
    this.#busySince = now
    try {
      this.#channel.post({ type: 'results', results, busy }, transfers)
    } catch {
      // One of them cannot be cloned. Sent one by one, only that one fails.
      for (const result of results) this.#postOne(result, busy, transfers)
    }
    this.#ended.clear()
  }

  #postOne(result: ResultMessage, busy: number, transfers: readonly Transferable[]): void {
    try {
      this.#channel.post(
        { type: 'results', results: [result], busy },
        transfers.length > 0 ? this.#partsOf(result, transfers) : [],
      )
    } catch (cause) {
      const [id, , value] = result
      const { task, chunk } = this.#ended.get(id)!
      const refuse = (part: unknown): ErrorEnvelope => encodeError(notSerializable(part, 'result', task, cause))
      // Of a chunk, only the items that cannot be sent fail.
      const mended: ResultMessage = chunk
        ? [
            id,
            false,
            (value as ChunkItem[]).map((item) => (item[0] || cloneable(item[1]) ? item : [true, refuse(item[1])])),
            undefined,
          ]
        : [id, true, refuse(value)]
      this.#channel.post({ type: 'results', results: [mended], busy }, [])
    }
  }

  /** Which of the batch's transfers belong to one result: a foreign one would make the post fail or steal it. */
  #partsOf(result: ResultMessage, transfers: readonly Transferable[]): readonly Transferable[] {
    const [, failed, value] = result
    if (failed) return []
    return transfers.filter((part) => value === part || (ArrayBuffer.isView(value) && value.buffer === part))
  }

  #report(id: number, task: string, value: unknown): void {
    try {
      this.#channel.post({ type: 'report', id, value: pack([value]).values[0] }, [])
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
    if (entry === undefined) return this.#channel.exit(code)
    const [id, call] = entry
    call.exited = true
    this.#exitCode ??= code
    this.#flush()
    this.#channel.post({ type: 'exiting', id, exitCode: code }, [])
    if (this.#running.size === 1 && !this.#channel.hasOutput()) this.#channel.exit(code)
    queueMicrotask(() => this.#end(id, true, undefined))
    throw new TaskExit(`process.exit(${code}) in a task`)
  }

  async #exitNow(code: number): Promise<void> {
    this.#flush()
    await this.#channel.outputFlushed()
    this.#channel.exit(code)
  }

  async #stop(): Promise<void> {
    await this.#channel.outputFlushed()
    this.#channel.exit(0)
  }
}

/** The items of a chunk, one after the other; each fails for itself. */
async function runChunk(fn: TaskFunction, items: readonly (readonly unknown[])[]): Promise<unknown[]> {
  const results: unknown[] = []
  for (const args of items) {
    try {
      let value = fn(...args)
      if (typeof (value as { then?: unknown } | null | undefined)?.then === 'function') value = await value
      results.push([false, value])
    } catch (error) {
      results.push([true, encodeError(error)])
    }
  }
  return results
}
