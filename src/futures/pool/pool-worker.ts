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
import { CallSender, type Given } from './call-sender.js'
import type { Claims } from './claims.js'
import { decodeError, encodeError, type ErrorEnvelope } from '../travel/error-envelope.js'
import type { WorkerDeath } from '../errors.js'
import { access } from '../future.js'
import { unpack } from '../travel/payload.js'
import { describeTask, type TaskReference } from '../task.js'
import type { FromWorker, ToWorker } from '../worker/messages.js'

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
  greeted(worker: PoolWorker): void
  ready(): void
  unusable(worker: PoolWorker, during: 'import' | 'initializer', error: unknown): void
  /** How a call fails whose worker died. */
  broken(death: WorkerDeath, cause: unknown): Error
}

/** Up to how many calls may be ahead, when they are fast enough for that to matter. */
const MAX_AHEAD = 48
/** Calls that take longer than this on average, in ms, are not sent ahead: the round trip does not matter to them. */
const FAST = 0.25
/** A worker that has not answered a ping for this long, in ms, is in an endless loop. */
const PONG_TIME = 1000

export class PoolWorker implements CallRunner {
  readonly capacity: number
  readonly claims: Claims | undefined
  readonly #name: string
  readonly #link: WorkerLink
  readonly #events: WorkerEvents
  readonly #signal: NodeJS.Signals
  readonly #freeSlots: number[]
  readonly #lowestSlot: number
  readonly #given = new Map<number, Given>()
  readonly #byCall = new Map<Call, Given>()
  /** Calls whose futures are done, but which have not ended. They keep their slots. */
  readonly #abandoned = new Set<number>()
  readonly #sender: CallSender
  #lastId = 0
  #tasksLeft: number
  #ahead = 0
  #window = 0
  #state: 'starting' | 'open' | 'retiring' | 'gone' = 'starting'
  #killTimers = new Set<NodeJS.Timeout>()
  #pongTimer: NodeJS.Timeout | undefined
  #idleTimer: NodeJS.Timeout | undefined
  /** When it last answered; see isStuck. */
  #lastAnswer = performance.now()
  /** The error nobody caught that it died of, if it could tell. */
  #lastWords: unknown
  /** Set when this side ends it, so that its end is no crash. */
  #isEnding = false

  constructor(options: {
    readonly link: WorkerLink
    readonly events: WorkerEvents
    /** Start of its slots' names. */
    readonly name: string
    readonly slots: readonly number[]
    readonly maxTasks: number
    readonly claims: Claims | undefined
    readonly signal: NodeJS.Signals
  }) {
    this.#link = options.link
    this.#events = options.events
    this.#name = options.name
    this.#freeSlots = options.slots.toReversed()
    this.#lowestSlot = options.slots[0]!
    this.#signal = options.signal
    this.capacity = options.slots.length
    this.#sender = new CallSender(
      (message, transfer) => this.#link.post(message, transfer),
      (given, error) => this.#unsendable(given, error),
    )
    this.#tasksLeft = options.maxTasks
    // Calls of one slot follow each other; with several, as many are on their way anyway.
    this.claims = this.capacity === 1 ? options.claims : undefined
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
    return (this.#state === 'open' || this.#state === 'starting') && this.#tasksLeft > 0 && this.#killTimers.size === 0
  }

  get hasGreeted(): boolean {
    return this.#state !== 'starting'
  }

  get isIdle(): boolean {
    return this.#given.size === 0
  }

  /** Whether it has done as many calls as it may. */
  get isSpent(): boolean {
    return this.#tasksLeft <= 0
  }

  /** Whether a call can begin here now. */
  get hasFreeSlot(): boolean {
    return this.#given.size < this.capacity && this.isOpen
  }

  /** Whether a call may be sent ahead of the running ones. */
  get wantsMore(): boolean {
    return this.#ahead < this.#window && this.claims !== undefined && this.isOpen && this.#state === 'open'
  }

  /** Whether calls sent ahead wait behind one that takes long after all. */
  get isStuck(): boolean {
    return this.#ahead > 0 && performance.now() - this.#lastAnswer > 2
  }

  /** Only unwanted calls are left. */
  get hasOnlyAbandoned(): boolean {
    return this.#given.size > 0 && this.#abandoned.size === this.#given.size
  }

  /** Gives it a call to begin at once. */
  give(call: Call, reference: TaskReference): void {
    const slot = this.#freeSlots.pop()!
    this.#enter(call, reference, slot, -1)
    access.begin(call.future, this.#workerName(slot))
  }

  /** Sends a call ahead. False if there is no room for its claim. */
  giveAhead(call: Call, reference: TaskReference): boolean {
    const cell = this.claims!.offer()
    if (cell === -1) return false
    this.#ahead += 1
    this.#enter(call, reference, this.#lowestSlot, cell)
    return true
  }

  begunIn(call: Call): string | undefined {
    const given = this.#byCall.get(call)
    return given !== undefined && given.claim !== -1 && this.claims!.hasBegun(given.claim)
      ? this.#workerName(given.slot)
      : undefined
  }

  recall(call: Call): boolean {
    const given = this.#byCall.get(call)
    if (given === undefined || given.claim === -1 || !this.claims!.takeBack(given.claim)) return false
    this.#ahead -= 1
    this.#tasksLeft += 1
    this.#forget(given)
    call.runner = undefined
    call.attempt -= 1
    return true
  }

  /** Takes back every call that was sent ahead and has not begun, oldest first. */
  recallAll(): Call[] {
    return [...this.#given.values()].filter(({ claim, call }) => claim !== -1 && this.recall(call)).map(({ call }) => call)
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
    this.#abandoned.add(given.id)
    this.#post({ type: 'abort', id: given.id, reason: encodeError(reason) })
    if (grace !== undefined && grace !== Infinity) this.#killAfter(given.id, grace)
  }

  /** Says that no more work comes: it exits when it has nothing left to do. */
  stop(): void {
    this.#isEnding = true
    this.#state = 'retiring'
    this.#post({ type: 'stop' })
    // Whatever keeps it from exiting, a task's own exit handler for example, does not keep the program.
    const timer = setTimeout(() => this.#link.kill('SIGKILL'), 5000)
    timer.unref()
    this.#killTimers.add(timer)
  }

  kill(signal: NodeJS.Signals = this.#signal): void {
    this.#isEnding = true
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

  /** Gives up every call it has, so that the pool can fail them. */
  surrender(): Call[] {
    const calls = [...this.#given.values()].map(({ call }) => call).filter(({ future }) => !future.done())
    this.#given.clear()
    this.#byCall.clear()
    this.#abandoned.clear()
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
        if (given !== undefined) access.report(given.call.future, message.value)
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
        this.#lastWords = decodeError(message.error)
        break
    }
  }

  /**
   * It is gone. Settles what it had, except what can be run again.
   * @param cause the error it died of, if known
   * @returns calls to queue again, and whether it died without anybody wanting it
   */
  gone(death: WorkerDeath, cause: unknown = this.#lastWords): { readonly again: Call[]; readonly crashed: boolean } {
    this.#state = 'gone'
    for (const timer of this.#killTimers) clearTimeout(timer)
    clearTimeout(this.#pongTimer)
    clearTimeout(this.#idleTimer)
    const unsent = new Set(this.#sender.close())
    const again: Call[] = []
    const lost: Given[] = []
    for (const given of this.#given.values()) {
      const { call } = given
      if (call.future.done()) continue
      const neverBegan = unsent.has(given) || (given.claim !== -1 && !this.claims!.hasBegun(given.claim))
      if (neverBegan || call.attempt <= (call.options.retries ?? 0)) {
        if (neverBegan) call.attempt -= 1
        access.unbegin(call.future)
        call.runner = undefined
        again.push(call)
      } else lost.push(given)
    }
    this.#given.clear()
    this.#byCall.clear()
    for (const { call, slot } of lost) {
      this.#events.settle(
        call,
        true,
        this.#events.broken({ ...death, worker: this.#workerName(slot), task: describeTask(call.fn) }, cause),
      )
    }
    return { again, crashed: !this.#isEnding }
  }

  #enter(call: Call, reference: TaskReference, slot: number, claim: number): void {
    const given: Given = { call, id: ++this.#lastId, reference, claim, slot }
    this.#given.set(given.id, given)
    this.#byCall.set(call, given)
    call.runner = this
    call.attempt += 1
    this.#tasksLeft -= 1
    clearTimeout(this.#idleTimer)
    this.#sender.add(given)
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
      if (given.claim !== -1) access.begin(call.future, this.#workerName(slot))
      this.#release(given)
      if (results[i + 1] === true) {
        const where = `\n    --- in worker ${this.#workerName(slot)} (${describeTask(call.fn)}) ---${submittedAt(call)}`
        this.#events.settle(call, true, call.future.done() ? undefined : decodeError(results[i + 2] as ErrorEnvelope, where))
      } else {
        // Places in a chunk are counted from its items, others from a list of the one value.
        const value = call.options.chunk === true ? (results[i + 2] as unknown[]) : [results[i + 2]]
        unpack(value, places?.get(id))
        this.#events.settle(call, false, call.options.chunk === true ? value : value[0])
      }
    }
    const average = (busy * 3) / results.length
    this.#window = average < FAST ? Math.min(MAX_AHEAD, Math.max(4, this.#window * 2)) : 0
    this.#afterResults()
  }

  #afterResults(): void {
    if (this.#state === 'retiring') this.#killIfUnwanted()
    this.#events.roomIn(this)
  }

  /** A call has ended: its slot is free, and its claim. */
  #release(given: Given): void {
    if (given.claim === -1) this.#freeSlots.push(given.slot)
    else {
      this.claims!.free(given.claim)
      this.#ahead -= 1
    }
    this.#forget(given)
  }

  #forget(given: Given): void {
    this.#given.delete(given.id)
    this.#byCall.delete(given.call)
    this.#abandoned.delete(given.id)
  }

  /** process.exit() in a task: that call fails, and this worker gets no more; it goes by itself when its other calls are done. */
  #exiting(id: number, exitCode: number): void {
    this.#isEnding = true
    this.#state = 'retiring'
    const given = this.#given.get(id)
    if (given === undefined) return
    this.#forget(given)
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
    const timer = setTimeout(() => {
      this.#killTimers.delete(timer)
      if (!this.#abandoned.has(id)) {
        this.#events.roomIn(this)
        return
      }
      this.#isEnding = true
      this.#state = 'retiring'
      // Calls that share this worker are let finish, if it lives.
      if (this.hasOnlyAbandoned) this.#link.kill('SIGKILL')
      else {
        this.#post({ type: 'ping' })
        this.#pongTimer = setTimeout(() => this.#link.kill('SIGKILL'), PONG_TIME)
      }
    }, grace)
    this.#killTimers.add(timer)
    timer.unref()
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
