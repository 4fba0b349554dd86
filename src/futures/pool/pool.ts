/**
 * What the thread pool and the process pool share: which worker gets which call, when workers are started, replaced and let go.
 *
 *   queue ──▶ dispatch ──▶ PoolWorker ──▶ thread or process
 *                ▲             │
 *                └── roomIn ◀──┘        worker dies ──▶ its calls fail or are queued again ──▶ dispatch starts another
 *
 * Workers start when calls need them, all that are needed at once. A pool keeps the program running only while it has unfinished calls.
 */
import { inspect } from 'node:util'
import type { Call } from '../call.js'
import { movesSomething } from './call-sender.js'
import type { Claims } from './claims.js'
import { currentTask } from '../current-task.js'
import { BrokenExecutorError, NestedSubmitError, type WorkerDeath } from '../errors.js'
import { Executor, type ExecutorOptions, requireInteger, requireTime } from '../executor.js'
import { log } from '../logger.js'
import { MAX_AHEAD, type Place, PoolWorker, type WorkerEvents, type WorkerLink } from './pool-worker.js'
import { pack } from '../travel/payload.js'
import { cloneable, notSerializable } from '../travel/uncloneable.js'
import { type Callable, describeTask, isCallable, referenceOf, type TaskReference } from '../task.js'
import { inWorker } from '../worker/in-worker.js'
import type { FromWorker, WorkerSetup } from '../worker/messages.js'

export interface PoolOptions extends ExecutorOptions {
  /** Workers to start at once and to keep when idle. Default: 0, they start when calls need them. */
  readonly minWorkers?: number
  /** ms after which an idle worker beyond `minWorkers` is let go. Default: never. */
  readonly idleTimeout?: number
  /** Run once in every worker before its first call; a function like a task. If it throws, the pool is broken. */
  readonly initializer?: Callable<never[], unknown>
  /** What the initializer is called with; sent once to each worker, so it must be cloneable. Default: nothing. */
  readonly initargs?: readonly unknown[]
  /** A worker is replaced after this many calls. Default: never. */
  readonly maxTasksPerChild?: number
  /**
   * What the death of a worker does. `'replace'`: its running calls fail, another takes its place; three deaths in a row without a finished
   * call break the pool. `'break'`: every unfinished call fails and the pool is unusable, as in CPython. Default: `'replace'`.
   */
  readonly onWorkerDeath?: 'replace' | 'break'
  /** ms a new worker has to say hello. Default: 10,000. */
  readonly startTimeout?: number
  /** Environment of the workers. Default: a copy of this process's. */
  readonly env?: NodeJS.ProcessEnv
  /** Node.js options of the workers. Default: this process's. */
  readonly execArgv?: readonly string[]
  /** Modules every worker imports first: a polyfill, a loader, instrumentation. */
  readonly imports?: readonly (string | URL)[]
  /**
   * The file workers run first, for a library that a bundler put into one file with the program: `worker/thread-entry.js` or
   * `worker/process-entry.js` in a copy of the whole folder `dist/futures`, whose files it imports. Default: this library's own, which is
   * there whenever the library is kept out of the bundle.
   */
  readonly bootstrap?: URL
}

/** How a link reports the end of its worker. */
export interface LinkEvents {
  /** What came over its channel, from this library or from anybody else in there. */
  message(received: unknown): void
  /** @param cause the error it died of, if known */
  exit(death: WorkerDeath, cause?: unknown): void
}

/** How many deaths in a row, without a call finished in between, break the pool. */
const MAX_DEATHS = 3
/** How long idle workers look the other way before calls sent ahead are taken back from a worker that is stuck, in ms. */
const STUCK_CHECK = 3

let lastToken = 0

export abstract class PoolExecutor extends Executor {
  readonly #options: PoolOptions
  readonly #initializer: TaskReference | undefined
  readonly #workers = new Set<PoolWorker>()
  /** Where no worker is, or one that retires. */
  readonly #freePlaces: Place[]
  readonly #placeOf = new Map<PoolWorker, Place>()
  readonly #events: WorkerEvents
  #brokenBy: BrokenExecutorError | undefined
  #deaths = 0
  #startNotBefore = 0
  #isStartPlanned = false
  #stuckTimer: NodeJS.Timeout | undefined
  #isHeld = false
  #releaseScheduled = false
  #isTerminated = false
  /** Somebody waits for the workers to be gone, and the program has to last until then. */
  #isJoining = false
  #goneWaiters: (() => void)[] = []

  protected constructor(options: PoolOptions & { readonly maxWorkers: number }, workers: number) {
    super(options)
    const { initializer, minWorkers = 0, idleTimeout, maxTasksPerChild, startTimeout, onWorkerDeath } = options
    if (initializer !== undefined && !isCallable(initializer)) {
      throw new TypeError(`initializer must be a callable, got ${inspect(initializer)}`)
    }
    if (maxTasksPerChild !== undefined) {
      if (!Number.isInteger(maxTasksPerChild)) throw new TypeError('maxTasksPerChild must be an integer')
      if (maxTasksPerChild < 1) throw new RangeError('maxTasksPerChild must be >= 1')
    }
    requireInteger('minWorkers', minWorkers, 0)
    if (minWorkers > workers)
      throw new RangeError(`minWorkers (${minWorkers}) must not be greater than the number of workers (${workers})`)
    for (const [i, arg] of (options.initargs ?? []).entries()) {
      if (!cloneable(arg)) throw notSerializable(arg, `initargs[${i}]`, describeTask(initializer), undefined)
    }
    if (idleTimeout !== undefined) requireTime('idleTimeout', idleTimeout)
    if (startTimeout !== undefined) requireTime('startTimeout', startTimeout)
    if (onWorkerDeath !== undefined && onWorkerDeath !== 'replace' && onWorkerDeath !== 'break') {
      throw new RangeError(`Expected \`onWorkerDeath\` to be 'replace' or 'break', got ${inspect(onWorkerDeath)}`)
    }
    this.#options = options
    this.#initializer = initializer === undefined ? undefined : referenceOf(initializer)
    this.#freePlaces = places(this.maxWorkers, workers).toReversed()
    this.#events = {
      settle: (call, failed, value) => {
        this.#deaths = 0
        this.settle(call, failed, value)
      },
      roomIn: (worker) => this.#roomIn(worker),
      handBack: (calls) => {
        this.#requeue(calls)
        this.dispatch()
      },
      retires: (worker) => this.#vacate(worker),
      greeted: () => undefined,
      ready: () => undefined,
      unusable: (_worker, during, error) => this.#unusable(during, error),
      broken: (death, cause) => this.#deathOf(death, cause),
    }
  }

  /** Starts `minWorkers`; the last thing a subclass's constructor does. */
  protected startFirst(): void {
    const { minWorkers = 0 } = this.#options
    if (inWorker() !== undefined) return
    while (this.#workers.size < minWorkers) this.#start(this.#freePlaces.pop()!)
  }

  /** Ends every worker now (threads are terminated, processes get SIGTERM): running calls fail, waiting ones are cancelled. Shuts down. */
  terminateWorkers(): Promise<void> {
    return this.#killAll(undefined)
  }

  /** {@link terminateWorkers} with SIGKILL, which a process cannot refuse. */
  killWorkers(): Promise<void> {
    return this.#killAll('SIGKILL')
  }

  /** Starts the thread or process. */
  protected abstract link(setup: WorkerSetup, events: LinkEvents): WorkerLink
  /** Shared claims for a new worker, where memory can be shared. */
  protected abstract claims(count: number): Claims | undefined
  /** 'thread' or 'process', for messages. */
  protected abstract readonly kind: 'thread' | 'process'
  protected abstract readonly bootstrap: URL
  protected abstract readonly killSignal: NodeJS.Signals
  protected abstract brokenError(message: string, death: WorkerDeath, cause: unknown): BrokenExecutorError

  protected override get workerCount(): number {
    return this.#workers.size
  }

  protected override get busy(): number {
    let busy = 0
    for (const worker of this.#workers) busy += worker.busy
    return busy
  }

  protected override get waiting(): number {
    let waiting = this.queue.length
    for (const worker of this.#workers) waiting += worker.ahead
    return waiting
  }

  protected override get runsChunks(): boolean {
    return true
  }

  protected override refusal(fn: unknown): Error | undefined {
    if (this.#brokenBy !== undefined && !this.#isTerminated) return this.#unusableAnymore(this.#brokenBy)
    const mark = inWorker()
    if (mark === undefined || mark.allowNested || this.allowNested) return undefined
    const what = `'${describeTask(fn)}' was submitted to ${this.name}`
    return new NestedSubmitError(
      currentTask() === undefined
        ? `${what} while a worker of another pool was importing this module. The module is imported in every worker to find its functions: ` +
            'keep the main part of a program for the main thread with `if (isMain(import.meta)) …`.'
        : `${what} from inside a task of another pool. Every worker would start workers of its own. ` +
            'Submit from the main thread, use an AsyncExecutor inside of tasks, or set { allowNested: true } on the pool if it is meant.',
    )
  }

  protected override dispatch(): void {
    while (this.queue.length > 0) {
      const worker = this.#workerForNext()
      if (worker === undefined) break
      this.#handOver((call, reference) => (worker.give(call, reference), true))
    }
    if (this.queue.length === 0) return
    for (const worker of this.#workers) {
      while (this.queue.length > 0 && worker.wantsMore) {
        if (!this.#handOver((call, reference) => isOrdinary(call) && !movesSomething(call) && worker.giveAhead(call, reference)))
          break
      }
    }
  }

  protected override cancelQueued(): void {
    this.#recallAll()
    super.cancelQueued()
  }

  /** A call with a priority may have to overtake those that were sent ahead; it is never sent ahead itself. */
  protected override arriving(call: Call): void {
    if (!isOrdinary(call)) this.#recallAll()
  }

  protected override holding(some: boolean): void {
    if (some === this.#isHeld) return
    if (some) {
      this.#isHeld = true
      for (const worker of this.#workers) worker.ref()
    } else if (!this.#releaseScheduled) {
      // Calls that follow one another must not cost a change each.
      this.#releaseScheduled = true
      setImmediate(() => {
        this.#releaseScheduled = false
        if (this.hasUnfinished || this.#isJoining) return
        this.#isHeld = false
        for (const worker of this.#workers) worker.unref()
      })
    }
  }

  protected override shuttingDown(): void {
    if (this.queue.length > 0) this.dispatch()
    for (const worker of this.#workers) if (worker.isIdle) worker.stop()
  }

  protected override async workersGone(): Promise<void> {
    // What is left in a worker was aborted long ago and does not end.
    for (const worker of this.#workers) if (!worker.isIdle) worker.kill('SIGKILL')
    await this.#join()
  }

  async #join(): Promise<void> {
    this.#isJoining = true
    for (const worker of this.#workers) worker.ref()
    while (this.#workers.size > 0) await new Promise<void>((resolve) => this.#goneWaiters.push(resolve))
  }

  /** Gives the next call to a worker. False if the worker had no room after all. */
  #handOver(give: (call: Call, reference: TaskReference) => boolean): boolean {
    const call = this.queue.shift()!
    let reference: TaskReference
    try {
      reference = referenceOf(call.fn as object)
    } catch (error) {
      this.settle(call, true, error)
      return true
    }
    if (give(call, reference)) return true
    this.queue.unshift([call])
    return false
  }

  /** The least busy worker with a free slot; a new one if all are busy and there may be more. */
  #workerForNext(): PoolWorker | undefined {
    let best: PoolWorker | undefined
    for (const worker of this.#workers) {
      if (worker.hasFreeSlot && (best === undefined || worker.busy < best.busy)) best = worker
    }
    if (best?.busy === 0) return best
    const place = this.#freePlaces.findLastIndex(({ freeSlots }) => freeSlots.length > 0)
    if (place === -1 || !this.#mayStart()) return best
    return this.#start(this.#freePlaces.splice(place, 1)[0]!)
  }

  /** Whether a worker can be started now; after deaths, only after a pause. */
  #mayStart(): boolean {
    if (this.#brokenBy !== undefined || this.#isTerminated) return false
    const now = performance.now()
    if (now >= this.#startNotBefore) return true
    if (!this.#isStartPlanned) {
      this.#isStartPlanned = true
      setTimeout(() => {
        this.#isStartPlanned = false
        this.dispatch()
      }, this.#startNotBefore - now)
    }
    return false
  }

  #start(place: Place): PoolWorker {
    const { capacity } = place
    const claims = this.claims(capacity + MAX_AHEAD)
    const token = `${process.pid}-${++lastToken}-${Math.random().toString(36).slice(2)}`
    const { initargs = [], imports = [], maxTasksPerChild = Infinity, startTimeout = 10_000 } = this.#options
    const packed = pack(initargs)
    const setup: WorkerSetup = {
      token,
      pool: this.name,
      capacity,
      allowNested: this.allowNested,
      imports: imports.map(String),
      initargs: packed.values,
      ...(packed.buffers === undefined ? {} : { buffers: packed.buffers }),
      ...(this.#initializer === undefined ? {} : { initializer: this.#initializer }),
      ...(claims === undefined ? {} : { claims: claims.cells }),
    }
    let startTimer: NodeJS.Timeout | undefined
    const link = this.link(setup, {
      message: (received) => {
        // Whatever else comes that way is not ours.
        if (!Array.isArray(received) || received[0] !== token) return
        const message = received[1] as FromWorker
        if (message.type === 'hello') clearTimeout(startTimer)
        worker.receive(message)
      },
      exit: (death, cause) => {
        clearTimeout(startTimer)
        this.#gone(worker, death, cause)
      },
    })
    const worker: PoolWorker = new PoolWorker({
      link,
      events: this.#events,
      name: this.name,
      place,
      maxTasks: maxTasksPerChild,
      claims,
      signal: this.killSignal,
    })
    this.#workers.add(worker)
    this.#placeOf.set(worker, place)
    const tooLate = (): void => this.#neverGreeted(worker, `said nothing within ${startTimeout} ms`, undefined)
    // If this thread was busy meanwhile, with starting many workers for example, what they said is still to be read.
    startTimer = setTimeout(() => setImmediate(tooLate), startTimeout)
    startTimer.unref()
    if (this.#isHeld) worker.ref()
    else worker.unref()
    return worker
  }

  /** A worker retires: its place is for another, its slots as they become free. */
  #vacate(worker: PoolWorker): void {
    const place = this.#placeOf.get(worker)
    if (place === undefined) return
    this.#placeOf.delete(worker)
    this.#freePlaces.push(place)
  }

  #roomIn(worker: PoolWorker): void {
    if (this.#stuckTimer === undefined && this.queue.length > 0) this.#rescue()
    this.dispatch()
    if (worker.isIdle) this.#idle(worker)
    else if (worker.hasFreeSlot) this.#watchStuck()
    this.released()
  }

  #idle(worker: PoolWorker): void {
    if (this.isShutdown || worker.isSpent) {
      if (worker.isSpent || this.waiting === 0) worker.stop()
      return
    }
    this.#watchStuck()
    const { idleTimeout, minWorkers = 0 } = this.#options
    if (idleTimeout === undefined || idleTimeout === Infinity) return
    worker.whenIdleFor(idleTimeout, () => {
      if (this.#placeOf.size > minWorkers) worker.stop()
    })
  }

  /** A worker has room while calls wait behind a long one elsewhere: soon look whether they still do. */
  #watchStuck(): void {
    if (this.#stuckTimer !== undefined || !this.#mayBeStuck()) return
    this.#stuckTimer = setTimeout(() => {
      this.#stuckTimer = undefined
      if (![...this.#workers].some((worker) => worker.hasFreeSlot)) return
      this.#rescue()
      this.dispatch()
      this.#watchStuck()
    }, STUCK_CHECK)
    this.#stuckTimer.unref()
  }

  #mayBeStuck(): boolean {
    for (const worker of this.#workers) if (worker.mayBeStuck) return true
    return false
  }

  #rescue(): void {
    this.#requeue([...this.#workers].filter(({ mayBeStuck }) => mayBeStuck).flatMap((worker) => worker.rescue()))
  }

  #recallAll(): void {
    this.#requeue([...this.#workers].flatMap((worker) => worker.recallAll()))
  }

  /** Puts calls back that were submitted before all that wait. */
  #requeue(calls: readonly Call[]): void {
    if (calls.length > 0) this.queue.unshift(calls.toSorted((a, b) => a.future.id - b.future.id))
  }

  #gone(worker: PoolWorker, death: WorkerDeath, error: unknown): void {
    if (!this.#workers.delete(worker)) return
    const cause = error ?? worker.lastWords
    this.#vacate(worker)
    // One that was killed from outside while it started says nothing about how workers are started.
    const cannotStart = !worker.hasGreeted && death.signal === undefined
    if (cannotStart && this.#brokenBy === undefined && !this.#isTerminated) {
      this.#neverGreeted(worker, `ended ${describeDeath(death)} before it said hello`, cause, death)
      for (const call of worker.surrender()) this.settle(call, true, this.#brokenBy)
      worker.gone(death, cause)
    } else {
      const deaths = this.#deaths
      const { again, lost, crashed } = worker.gone(death, cause)
      // The calls it took down with it are no sign of life.
      this.#deaths = deaths
      if (crashed && lost === 0 && cause !== undefined) log(`A worker of ${this.name} died of an error nobody caught:`, cause)
      if (crashed && !this.#isTerminated) this.#crashed(death, cause)
      if (this.#brokenBy === undefined && !this.#isTerminated) this.#requeue(again)
      else for (const call of again) this.settle(call, true, this.#brokenBy ?? this.#deathOf(death, cause))
    }
    if (this.#brokenBy === undefined && !this.#isTerminated) this.dispatch()
    this.released()
    const waiters = this.#goneWaiters
    this.#goneWaiters = []
    for (const wake of waiters) wake()
  }

  #crashed(death: WorkerDeath, cause: unknown): void {
    this.#deaths += 1
    if (this.#options.onWorkerDeath === 'break') {
      this.#break(this.#deathOf(death, cause))
    } else if (this.#deaths >= MAX_DEATHS) {
      log(`${this.name}: ${this.#deaths} workers died in a row without finishing a call; the pool is broken.`, cause)
      this.#break(this.#deathOf(death, cause))
    } else {
      // The first replacement at once, the next with a pause.
      this.#startNotBefore = this.#deaths < 2 ? 0 : performance.now() + 100 * 2 ** (this.#deaths - 2)
    }
  }

  #unusable(during: 'import' | 'initializer', error: unknown): void {
    if (this.#brokenBy !== undefined) return
    const what =
      during === 'initializer' ? `A ${this.kind} initializer failed` : `A ${this.kind} could not import one of \`imports\``
    log(`Exception in ${during} of ${this.name}:`, error)
    this.#break(this.brokenError(`${what}, the ${this.kind} pool is not usable anymore`, {}, error))
  }

  #neverGreeted(worker: PoolWorker, what: string, cause: unknown, death: WorkerDeath = {}): void {
    if (worker.hasGreeted) return
    const message =
      `A worker ${this.kind} of ${this.name} ${what}. It was started from ${this.bootstrap.href}. ` +
      'If a bundler put this library into one file with the program, tell it to leave halyard out (as an external package), or copy the folder ' +
      `dist/futures of halyard beside the bundle and pass the URL of its worker/${this.kind}-entry.js as \`bootstrap\`.`
    this.#break(this.brokenError(message, death, cause))
  }

  /** Nothing works from here on: everything unfinished fails. */
  #break(error: BrokenExecutorError): void {
    if (this.#brokenBy !== undefined) return
    this.#brokenBy = error
    this.#recallAll()
    for (const worker of this.#workers) {
      for (const call of worker.surrender()) this.settle(call, true, error)
      worker.kill('SIGKILL')
    }
    this.failQueued(error)
    this.released()
  }

  #deathOf(death: WorkerDeath, cause: unknown): BrokenExecutorError {
    const message =
      `A ${this.kind} in the ${this.kind} pool was terminated abruptly while the future was running or pending. ` +
      `(${death.worker ?? this.name}${death.task === undefined ? '' : `, running '${death.task}'`}, ended ${describeDeath(death)})`
    return this.brokenError(message, death, cause)
  }

  #unusableAnymore(by: BrokenExecutorError): BrokenExecutorError {
    const { exitCode, signal, pid } = by
    const death = {
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(signal === undefined ? {} : { signal }),
      ...(pid === undefined ? {} : { pid }),
    }
    const message = by.message.includes('not usable anymore')
      ? by.message
      : `A ${this.kind === 'process' ? 'child process' : 'thread'} terminated abruptly, the ${this.kind} pool is not usable anymore`
    return this.brokenError(message, death, by.message === message ? by.cause : by)
  }

  async #killAll(signal: NodeJS.Signals | undefined): Promise<void> {
    this.#isTerminated = true
    const shutdown = this.shutdown({ cancelFutures: true, wait: false })
    for (const worker of this.#workers) worker.kill(signal)
    await shutdown
    await this.#join()
  }
}

function describeDeath({ exitCode, signal, pid }: WorkerDeath): string {
  const how = signal === undefined ? `with exit code ${exitCode ?? 'unknown'}` : `by ${signal}`
  return pid === undefined ? how : `${how} (pid ${pid})`
}

function isOrdinary({ options }: Call): boolean {
  return (options.priority ?? 0) === 0
}

/** Deals `slots` out to `workers` places, as evenly as they go. */
function places(slots: number, workers: number): Place[] {
  let firstSlot = 0
  return Array.from({ length: workers }, (_, i) => {
    const capacity = Math.floor((slots + workers - 1 - i) / workers)
    const place = { capacity, firstSlot, freeSlots: Array.from({ length: capacity }, (_slot, k) => firstSlot + k).toReversed() }
    firstSlot += capacity
    return place
  })
}
