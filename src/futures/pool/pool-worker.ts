/**
 * One worker, seen from the pool: which calls it has, what is on its way to it, and whether it may get more.
 *
 *   starting ──▶ working ⇄ idle ──▶ retiring ──▶ gone
 *
 * Guarantees: a call is in exactly one place, the queue or one worker; when the worker is gone every call it had has been settled or handed
 * back; nothing new is given to a worker that is about to be killed or replaced.
 */
import type { Transferable } from 'node:worker_threads'
import type { Call, CallRunner } from '../call.js'
import { CallSender, type Given, movesSomething } from './call-sender.js'
import type { Claims } from './claims.js'
import { decodeError, encodeError, type ErrorEnvelope } from '../travel/error-envelope.js'
import type { WorkerDeath } from '../errors.js'
import { access } from '../future.js'
import type { ChunkOutcome } from '../map-results.js'
import { startTimer } from '../timer.js'
import { type BufferPlaces, unpack } from '../travel/payload.js'
import { describeTask, type TaskReference } from '../task.js'
import type { ChunkItem, FromWorker, ToWorker } from '../worker/messages.js'

/** The thread or process itself. */
export interface WorkerLink {
  readonly pid?: number
  /** @throws if the message cannot be cloned */
  post(message: ToWorker, transfer: readonly Transferable[]): void
  ref(): void
  unref(): void
  /** Ends it at once, whatever it does. */
  kill(signal: NodeJS.Signals): void
}

/** What a worker tells its pool. */
export interface WorkerEvents {
  settle(call: Call, failed: boolean, value: unknown): void
  /** Some calls ended: there is room. */
  roomIn(worker: PoolWorker): void
  /** Calls that have not begun after all and go to the front of the queue. */
  handBack(calls: readonly Call[]): void
  /** It takes no more calls. */
  retires(worker: PoolWorker): void
  greeted(worker: PoolWorker): void
  ready(): void
  unusable(worker: PoolWorker, during: 'import' | 'initializer', error: unknown): void
  /** How a call fails whose worker died. */
  broken(death: WorkerDeath, cause: unknown): Error
}

/** A place for a worker, with its slots. A worker that retires shares it with the one that follows. */
export interface Place {
  readonly capacity: number
  readonly firstSlot: number
  readonly freeSlots: number[]
}

/** How long a call may not have begun, in ms, before it is given to another worker that has nothing to do. */
const STUCK_TIME = 2
/** Up to how many calls may be ahead, when they are fast enough for that to matter. */
export const MAX_AHEAD = 48
/** Calls that take longer than this on average, in ms, are not sent ahead: the round trip does not matter to them. */
const FAST = 0.25
/** A worker that has not answered a ping for this long, in ms, is in an endless loop. */
const PONG_TIME = 1000
/** How long a worker that was told to stop may take, in ms: its exit handlers run meanwhile. */
const STOP_TIME = 5000

export class PoolWorker implements CallRunner {
  readonly capacity: number
  readonly #name: string
  readonly #link: WorkerLink
  readonly #events: WorkerEvents
  readonly #signal: NodeJS.Signals
  readonly #claims: Claims | undefined
  readonly #place: Place
  readonly #given = new Map<number, Given>()
  readonly #byCall = new Map<Call, Given>()
  /** Calls whose futures are done, but which have not ended. They keep their slots. */
  readonly #abandoned = new Set<number>()
  readonly #sender: CallSender
  #lastId = 0
  readonly #sendsAhead: boolean
  #tasksLeft: number
  #isSpent = false
  #ahead = 0
  #window = 0
  #state: 'starting' | 'open' | 'retiring' | 'gone' = 'starting'
  /** By the call whose time they count. */
  readonly #killTimers = new Map<number, NodeJS.Timeout>()
  #stopTimer: NodeJS.Timeout | undefined
  #pongTimer: NodeJS.Timeout | undefined
  #idleTimer: NodeJS.Timeout | undefined
  /** When it last answered; see isStuck. */
  #lastAnswer = performance.now()
  /** The error nobody caught that it died of, if it could tell. */
  #lastWords: { readonly error: unknown } | undefined
  /** Calls that may have been in a message it could not read. */
  #unread: ReadonlySet<Given> = new Set()
  /** Every call up to this one is known to have begun. */
  #begunUpTo = 0
  /** Set when this side ends it, so that its end is no crash. */
  #isEnding = false

  constructor(options: {
    readonly link: WorkerLink
    readonly events: WorkerEvents
    /** Start of its slots' names. */
    readonly name: string
    readonly place: Place
    readonly maxTasks: number
    readonly claims: Claims | undefined
    readonly signal: NodeJS.Signals
  }) {
    this.#link = options.link
    this.#events = options.events
    this.#name = options.name
    this.#place = options.place
    this.#signal = options.signal
    this.capacity = options.place.capacity
    this.#sender = new CallSender(
      (message, transfer) => this.#link.post(message, transfer),
      (given, error) => this.#unsendable(given, error),
    )
    this.#tasksLeft = options.maxTasks
    // A call that is ahead has no slot, which a worker that has to be replaced could share with the next one.
    this.#sendsAhead = options.place.capacity === 1 && options.maxTasks === Infinity && options.claims !== undefined
    this.#claims = options.claims
  }

  /** The error nobody caught that it died of, if it could tell. */
  get lastWords(): unknown {
    return this.#lastWords?.error
  }

  get pid(): number | undefined {
    return this.#link.pid
  }

  /** Slots taken, also by calls whose futures are done but which go on. */
  get busy(): number {
    return Math.min(this.capacity, this.#given.size)
  }

  /** Calls sent ahead that have not begun, as far as this side knows. */
  get ahead(): number {
    return this.#ahead
  }

  get isOpen(): boolean {
    return (this.#state === 'open' || this.#state === 'starting') && !this.#isSpent && this.#killTimers.size === 0
  }

  get hasGreeted(): boolean {
    return this.#state !== 'starting'
  }

  get isIdle(): boolean {
    return this.#given.size === 0
  }

  /** Whether it has done as many calls as it may. */
  get isSpent(): boolean {
    return this.#isSpent
  }

  /** Whether a call can begin here now. */
  get hasFreeSlot(): boolean {
    return this.#ahead === 0 && this.#place.freeSlots.length > 0 && this.isOpen
  }

  /** Whether a call may be sent ahead of the running ones. */
  get wantsMore(): boolean {
    return this.#ahead < this.#window && this.#sendsAhead && this.isOpen && this.#state === 'open'
  }

  /** Whether it has calls that may not have begun, because another one does not let them. */
  get mayBeStuck(): boolean {
    return this.#claims !== undefined && this.#lastId > this.#begunUpTo && this.#given.size > 1
  }

  /** Only unwanted calls are left. */
  get hasOnlyAbandoned(): boolean {
    return this.#given.size > 0 && this.#abandoned.size === this.#given.size
  }

  /** Gives it a call to begin at once. */
  give(call: Call, reference: TaskReference): void {
    const slot = this.#place.freeSlots.pop()!
    // Processes copy everything.
    const moves = this.#claims !== undefined && movesSomething(call)
    const claim = moves ? -1 : (this.#claims?.offer() ?? -1)
    this.#enter({ call, id: ++this.#lastId, reference, claim, moves, isAhead: false, slot })
    access.begin(call.future, this.#workerName(slot))
  }

  /** Sends a call ahead. False if there is no room for its claim. */
  giveAhead(call: Call, reference: TaskReference): boolean {
    const claim = this.#claims!.offer()
    if (claim === -1) return false
    this.#ahead += 1
    this.#enter({ call, id: ++this.#lastId, reference, claim, moves: false, isAhead: true, slot: this.#place.firstSlot })
    return true
  }

  begunIn(call: Call): string | undefined {
    const given = this.#byCall.get(call)
    return given?.isAhead === true && this.#claims!.hasBegun(given.claim) ? this.#workerName(given.slot) : undefined
  }

  recall(call: Call): boolean {
    const given = this.#byCall.get(call)
    return given?.isAhead === true && this.#takeBack(given)
  }

  /** Takes back every call that was sent ahead and has not begun, oldest first. */
  recallAll(): Call[] {
    return this.#takeBackFrom((given) => given.isAhead)
  }

  /**
   * Takes back every call that has not begun although it was here for a while: one that computes and never waits holds them up. It was
   * running as far as anybody could see, and will be again in another worker.
   */
  rescue(): Call[] {
    if (performance.now() - this.#lastAnswer < STUCK_TIME) return []
    this.#begunUpTo = this.#lastId
    return this.#takeBackFrom((given) => given.claim !== -1 && !this.#abandoned.has(given.id))
  }

  abort(call: Call, reason: unknown, grace: number | undefined): void {
    const given = this.#byCall.get(call)
    if (given === undefined) return
    if (this.#sender.withdraw(given)) {
      // It has not even left.
      this.#tasksLeft += 1
      this.#release(given)
      this.#events.roomIn(this)
      return
    }
    if (given.claim !== -1 && this.#claims!.takeBack(given.claim)) {
      // It is there, but has not begun.
      this.#tasksLeft += 1
      this.#leave(given)
      this.#events.roomIn(this)
      return
    }
    this.#abandoned.add(given.id)
    this.#post({ type: 'abort', id: given.id, reason: encodeError(reason) })
    if (grace !== undefined) this.#killAfter(given.id, grace)
  }

  /** Says that no more work comes: it exits when it has nothing left to do. */
  stop(): void {
    this.#isEnding = true
    this.#retire()
    this.#state = 'retiring'
    this.#post({ type: 'stop' })
    // Whatever keeps it from exiting, a task's own exit handler for example, does not keep the program.
    this.#stopTimer = setTimeout(() => this.#link.kill('SIGKILL'), STOP_TIME)
    this.#stopTimer.unref()
  }

  kill(signal: NodeJS.Signals = this.#signal): void {
    this.#isEnding = true
    this.#retire()
    this.#state = 'retiring'
    this.#link.kill(signal)
  }

  /** Calls `then` unless it gets a call within `time` ms. */
  whenIdleFor(time: number, then: () => void): void {
    clearTimeout(this.#idleTimer)
    this.#idleTimer = setTimeout(() => {
      if (this.isIdle && this.isOpen) then()
    }, time)
    this.#idleTimer.unref()
  }

  /** The newest first: the worker begins the oldest first, so what remains with it comes before what comes back. */
  #takeBackFrom(which: (given: Given) => boolean): Call[] {
    const taken: Call[] = []
    for (const given of [...this.#given.values()].toReversed()) {
      if (which(given) && this.#takeBack(given)) taken.push(given.call)
    }
    return taken.toReversed()
  }

  #takeBack(given: Given): boolean {
    if (!this.#claims!.takeBack(given.claim)) return false
    const { call } = given
    this.#tasksLeft += 1
    this.#leave(given)
    access.unbegin(call.future)
    call.runner = undefined
    call.attempt -= 1
    return true
  }

  /** Gives up every call it has, so that the pool can fail them. */
  surrender(): Call[] {
    const calls = [...this.#given.values()].map(({ call }) => call).filter(({ future }) => !future.done())
    this.#letGoOfAll()
    this.#sender.close()
    return calls
  }

  ref(): void {
    this.#link.ref()
  }

  unref(): void {
    this.#link.unref()
  }

  receive(message: FromWorker): void {
    switch (message.type) {
      case 'hello':
        this.#state = this.#state === 'starting' ? 'open' : this.#state
        this.#events.greeted(this)
        break
      case 'ready':
        this.#events.ready()
        break
      case 'unusable':
        this.#events.unusable(this, message.during, decodeError(message.error))
        break
      case 'results':
        this.#results(message)
        break
      case 'report': {
        const given = this.#given.get(message.id)
        if (given === undefined) break
        const report = [message.value]
        unpack(report, message.buffers)
        access.report(given.call.future, report[0])
        break
      }
      case 'pong':
        clearTimeout(this.#pongTimer)
        this.#killIfUnwanted()
        break
      case 'exiting':
        this.#exiting(message.id, message.exitCode)
        break
      case 'dying':
        this.#dying(message)
        break
    }
  }

  /**
   * It is gone. Settles what it had, except what can be run again.
   * @param cause the error it died of, if known
   * @returns calls to queue again, and whether it died without anybody wanting it
   */
  gone(death: WorkerDeath, cause: unknown): { readonly again: Call[]; readonly lost: number; readonly crashed: boolean } {
    const hadGreeted = this.hasGreeted
    this.#state = 'gone'
    for (const timer of this.#killTimers.values()) clearTimeout(timer)
    clearTimeout(this.#stopTimer)
    clearTimeout(this.#pongTimer)
    clearTimeout(this.#idleTimer)
    const unsent = new Set(this.#sender.close())
    const again: Call[] = []
    const lost: Given[] = []
    for (const given of this.#given.values()) {
      const { call } = given
      if (call.future.done()) continue
      const neverBegan =
        unsent.has(given) ||
        // The first thing a worker does is to greet; what moved to one that did not is gone with it.
        (!hadGreeted && !given.moves) ||
        (given.claim !== -1 && !this.#claims!.hasBegun(given.claim) && !this.#unread.has(given))
      if (neverBegan || (!given.moves && call.attempt <= (call.options.retries ?? 0))) {
        if (neverBegan) call.attempt -= 1
        access.unbegin(call.future)
        call.runner = undefined
        again.push(call)
      } else lost.push(given)
    }
    this.#letGoOfAll()
    for (const { call, slot } of lost) {
      this.#events.settle(
        call,
        true,
        this.#events.broken({ ...death, worker: this.#workerName(slot), task: describeTask(call.fn) }, cause),
      )
    }
    return { again, lost: lost.length, crashed: !this.#isEnding }
  }

  #enter(given: Given): void {
    const { call } = given
    this.#given.set(given.id, given)
    this.#byCall.set(call, given)
    call.runner = this
    call.attempt += 1
    this.#tasksLeft -= 1
    clearTimeout(this.#idleTimer)
    // A worker that had nothing to do owes no answer before now.
    if (this.#given.size === 1) this.#lastAnswer = performance.now()
    this.#sender.add(given)
    if (this.#tasksLeft > 0) return
    this.#isSpent = true
    this.#retire()
  }

  #unsendable(given: Given, error: Error): void {
    this.#release(given)
    this.#tasksLeft += 1
    this.#events.settle(given.call, true, error)
    this.#events.roomIn(this)
  }

  #results({ results, busy, buffers }: FromWorker & { type: 'results' }): void {
    this.#lastAnswer = performance.now()
    const places = buffers === undefined ? undefined : new Map(buffers)
    for (let i = 0; i < results.length; i += 3) {
      const given = this.#given.get(results[i] as number)
      if (given === undefined) continue
      const { call, slot, id } = given
      if (given.isAhead) access.begin(call.future, this.#workerName(slot))
      this.#release(given)
      const failed = results[i + 1] === true
      const value = call.future.done()
        ? undefined
        : failed
          ? decodeError(results[i + 2] as ErrorEnvelope, this.#where(given))
          : this.#opened(given, results[i + 2], places?.get(id))
      this.#events.settle(call, failed, value)
    }
    const average = (busy * 3) / results.length
    this.#window = average < FAST ? Math.min(MAX_AHEAD, Math.max(4, this.#window * 2)) : 0
    this.#afterResults()
  }

  /** What a call returned; of a chunk, what became of each of its items. */
  #opened(given: Given, result: unknown, places: BufferPlaces | undefined): unknown {
    if (given.call.options.chunk !== true) {
      const values = [result]
      unpack(values, places)
      return values[0]
    }
    const items = result as ChunkItem[]
    unpack(items, places)
    if (!items.some(([failed]) => failed)) return items
    const where = this.#where(given)
    return items.map<ChunkOutcome>((item) => (item[0] ? [true, decodeError(item[1], where)] : item))
  }

  /** The end of an error's stack: what ran where, and who wanted it. */
  #where({ call, slot }: Given): string {
    return `\n    --- in worker ${this.#workerName(slot)} (${describeTask(call.fn)}) ---${submittedAt(call)}`
  }

  #afterResults(): void {
    if (this.#state === 'retiring') this.#killIfUnwanted()
    this.#events.roomIn(this)
  }

  /** A call has ended: its claim is free, and its slot. */
  #release(given: Given): void {
    if (given.claim !== -1) this.#claims!.free(given.claim)
    this.#leave(given)
  }

  #leave(given: Given): void {
    if (given.isAhead) this.#ahead -= 1
    else this.#place.freeSlots.push(given.slot)
    this.#given.delete(given.id)
    this.#byCall.delete(given.call)
    this.#abandoned.delete(given.id)
    clearTimeout(this.#killTimers.get(given.id))
    this.#killTimers.delete(given.id)
  }

  #letGoOfAll(): void {
    for (const given of this.#given.values()) this.#leave(given)
  }

  /** It takes no more calls, for good: another may take its place, and its slots as they become free. */
  #retire(): void {
    if (this.#state === 'retiring' || this.#state === 'gone') return
    if (!this.isSpent) this.#state = 'retiring'
    this.#events.retires(this)
  }

  /**
   * Nobody caught an error in it. Calls that had not begun there can begin elsewhere; but not what it could not read, which would end the
   * next worker too.
   */
  #dying({ error, running, waiting }: FromWorker & { type: 'dying' }): void {
    this.#lastWords = { error: decodeError(error) }
    this.#retire()
    const unsent = new Set(this.#sender.close())
    const begun = new Set(running)
    const rest = [...this.#given.values()].filter(({ id, call }) => !begun.has(id) && !call.future.done())
    if (waiting !== undefined) {
      const known = new Set(waiting)
      this.#unread = new Set(rest.filter((given) => !known.has(given.id) && !unsent.has(given)))
    }
    const notBegun = rest.filter((given) => (!given.moves || unsent.has(given)) && !this.#unread.has(given))
    for (const given of notBegun) {
      this.#leave(given)
      access.unbegin(given.call.future)
      given.call.runner = undefined
      given.call.attempt -= 1
    }
    this.#events.handBack(notBegun.map(({ call }) => call))
  }

  /** process.exit() in a task: that call fails, and this worker gets no more; it goes by itself when its other calls are done. */
  #exiting(id: number, exitCode: number): void {
    this.#isEnding = true
    this.#retire()
    const given = this.#given.get(id)
    if (given === undefined) return
    this.#release(given)
    const { call } = given
    if (call.attempt <= (call.options.retries ?? 0) && !call.future.done()) {
      access.unbegin(call.future)
      call.runner = undefined
      this.#events.handBack([call])
    } else {
      const death = { exitCode, worker: this.#workerName(given.slot), task: describeTask(call.fn) }
      this.#events.settle(
        call,
        true,
        this.#events.broken(this.pid === undefined ? death : { ...death, pid: this.pid }, undefined),
      )
    }
    this.#events.roomIn(this)
  }

  #killAfter(id: number, grace: number): void {
    const timer = startTimer(grace, () => {
      this.#killTimers.delete(id)
      this.#isEnding = true
      this.#retire()
      this.#state = 'retiring'
      // Calls that share this worker are let finish, if it lives.
      if (this.hasOnlyAbandoned) this.#link.kill('SIGKILL')
      else {
        this.#post({ type: 'ping' })
        this.#pongTimer = setTimeout(() => this.#link.kill('SIGKILL'), PONG_TIME)
      }
    })
    if (timer === undefined) return
    timer.unref()
    this.#killTimers.set(id, timer)
    // Calls sent ahead would die with it.
    this.#events.handBack(this.recallAll())
  }

  #killIfUnwanted(): void {
    if (this.#state === 'retiring' && this.hasOnlyAbandoned) this.#link.kill('SIGKILL')
  }

  #post(message: ToWorker): void {
    if (this.#state === 'gone') return
    try {
      this.#link.post(message, [])
    } catch {
      // It is going; its end will be told.
    }
  }

  #workerName(slot: number): string {
    return `${this.#name}_${slot}`
  }
}

function submittedAt({ origin }: Call): string {
  const stack = origin?.stack
  return stack === undefined ? '' : stack.slice(stack.indexOf('\n'))
}
