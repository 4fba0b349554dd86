/**
 * ★ The main flow: how a list becomes records.
 *
 *   source ─▶ done before? ─▶ name ─▶ schedule ─▶ sender ─▶ executor: downloadJob ─▶ outcome ─▶ journal ─▶ events
 *                                        ▲                                              │
 *                                        └────────────── again, after a while ◀─────────┘
 *
 * Guarantees: a line is recorded once, after its file is under its final name; memory does not grow with the list; after an interruption
 * or a failure of the output nothing is recorded that is not so, and what was in flight is as if it had not begun.
 */
import type { Executor } from '../futures/index.js'
import { type Attempt, completed } from './attempt.js'
import { type FailureCode, FAILURES, failureKind, RunError } from './errors.js'
import type { RunEvent } from './events.js'
import type { Job, Known } from './job.js'
import type { Journal } from './journal/journal.js'
import type { FailureCounts } from './journal/failure-counts.js'
import { jobOf, makeJob } from './make-job.js'
import type { Names } from './naming/names.js'
import type { Outcome } from './outcome.js'
import type { Plan } from './plan.js'
import { redactUrl } from './redact-url.js'
import type { Delivery } from './run.js'
import { isBroken } from './sending/call-end.js'
import { OneByOne } from './sending/one-by-one.js'
import type { InFlight, Receiving, Sender } from './sending/sender.js'
import { Slices } from './sending/slices.js'
import type { NextTicket, Schedule, Ticket } from './schedule/schedule.js'
import type { Spooled } from './sink/sink.js'
import type { Shards } from './sink/tar/shards.js'
import type { ListBegin, ListPlace, Source, SourceEntry } from './source/source.js'

/** What a flow is made of, opened already. */
export interface FlowParts {
  readonly source: Source
  readonly journal: Journal
  /** Puts tar shards together, where that is the sink. */
  readonly shards: Shards | undefined
  readonly names: Names
  readonly begin: ListBegin
  /** Is told how far the list was read: the lines before `id` have their names. */
  readonly onRead: ((id: number, place: ListPlace | undefined) => void) | undefined
  readonly schedule: Schedule
  readonly executor: Executor
  /** Threads or processes to which jobs are sent in slices; undefined: each job is a call of its own. */
  readonly workers: number | undefined
  readonly plan: Plan
  /** What an earlier run knew of a line, when only changes are asked for. */
  readonly known: ((id: number) => Known | undefined) | undefined
  /** Where the journal does not count them itself. */
  readonly failures: FailureCounts | undefined
  readonly delivery: Delivery
  /** Says what became of a line, which is recorded: to the reader of the loop, and as an event. */
  readonly tell: (outcome: Outcome) => void
  readonly onEvent: (event: RunEvent) => void
  readonly signals: readonly AbortSignal[]
  readonly interruptGrace: number
  readonly maxTotal: number
}

/** How a flow ended, if not by an error. */
export interface FlowEnd {
  /** Whether every line of the list was read. */
  readonly complete: boolean
  readonly entries: number
  readonly interrupted: boolean
  readonly stoppedBy?: 'max-total'
}

type Refused = Extract<NextTicket, { readonly refused: Job }>

/** How often a look is taken at the transfers in flight for those that take their time, in ms. */
const WATCH_INTERVAL = 500
/** How often in a row files may run out with one download at a time before it is called a failure. */
const MAX_EXHAUSTED = 10

export class Flow {
  readonly #parts: FlowParts
  readonly #sender: Sender
  /** An array, and not a Map: one through which all lines pass leaves copies of itself behind that only a full collection finds. */
  readonly #inFlight: InFlight[] = []
  readonly #reading = new AbortController()
  #nextId = 0
  #complete = false
  #interrupted = false
  #stoppedBy: 'max-total' | undefined
  #failure: RunError | undefined
  /** Somebody else told a download to stop. */
  #isCancelled = false
  #concurrency: number
  #exhausted = 0
  #reducedAt = -Infinity
  #timer: NodeJS.Timeout | undefined
  #graceTimer: NodeJS.Timeout | undefined
  #wake: (() => void) | undefined
  #isPumping = false

  constructor(parts: FlowParts, concurrency: number) {
    const { executor, workers, plan, onEvent } = parts
    this.#parts = parts
    this.#concurrency = concurrency
    const receiving: Receiving = {
      over: (ended) => this.#over(ended),
      failed: (error) => this.#fail(asRunError(error)),
      progress: ({ ticket }, progress) => onEvent({ type: 'progress', id: ticket.job.id, ...progress }),
    }
    this.#sender =
      workers === undefined ? new OneByOne(executor, plan, receiving) : new Slices(executor, workers, plan, receiving)
  }

  /** @throws {RunError} ERR_SOURCE, ERR_OUTPUT, ERR_WORKERS; what was done is recorded */
  async run(): Promise<FlowEnd> {
    const { signals } = this.#parts
    const interrupt = (): void => this.#interrupt()
    for (const signal of signals) signal.addEventListener('abort', interrupt)
    if (signals.some(({ aborted }) => aborted)) interrupt()
    const watch = setInterval(() => this.#sender.look(this.#inFlight), WATCH_INTERVAL)
    try {
      await this.#readList()
      for (;;) {
        this.#pump()
        if (this.#inFlight.length === 0 && (this.#isStopping || this.#parts.schedule.waiting === 0)) break
        await this.#change()
      }
    } catch (error) {
      this.#fail(asRunError(error))
      while (this.#inFlight.length > 0) await this.#change()
    } finally {
      clearInterval(watch)
      clearTimeout(this.#timer)
      clearTimeout(this.#graceTimer)
      for (const signal of signals) signal.removeEventListener('abort', interrupt)
    }
    if (this.#failure !== undefined) throw this.#failure
    if (this.#isCancelled) throw new RunError('ERR_WORKERS', `downloads were cancelled, though not by this run: ${KEEP_EXECUTOR}`)
    return {
      complete: this.#complete && !this.#isStopping,
      entries: this.#nextId,
      interrupted: this.#interrupted,
      ...(this.#stoppedBy === undefined ? {} : { stoppedBy: this.#stoppedBy }),
    }
  }

  get #isStopping(): boolean {
    return this.#interrupted || this.#stoppedBy !== undefined || this.#failure !== undefined
  }

  async #readList(): Promise<void> {
    try {
      await this.#admitAll()
      this.#complete = !this.#isStopping
    } catch (error) {
      // A source that is told to stop may do so by throwing.
      if (!this.#reading.signal.aborted) throw error
    }
  }

  async #admitAll(): Promise<void> {
    const { source, schedule, begin, onRead } = this.#parts
    if (begin.place !== undefined) this.#nextId = begin.id
    for await (const batch of source.batches(this.#reading.signal, begin.place)) {
      for (const entry of batch) {
        while (!this.#isStopping && schedule.room(performance.now()) <= 0) {
          this.#pump()
          if (schedule.room(performance.now()) <= 0) await this.#change()
        }
        if (this.#isStopping) return
        this.#admit(entry)
      }
      if (this.#nextId > begin.id) onRead?.(this.#nextId, batch.next)
      this.#pump()
    }
  }

  /** One entry of the list: a record if it makes no job, else a job that waits its turn. */
  #admit(entry: SourceEntry): void {
    const { journal, names, schedule, known, begin } = this.#parts
    const id = this.#nextId++
    if (id < begin.id) return
    const isDone = journal.done(id)
    if (isDone && !names.needEveryLine) return
    if (!('input' in entry)) {
      if (!isDone) this.#refuse(id, entry, entry.text, entry.problem)
      return
    }
    const made = makeJob(entry.input)
    if (!made.ok) {
      if (!isDone) this.#refuse(id, entry, entry.input.url, made.problem)
      return
    }
    const named = names.claim(id, made.url, made.name)
    if (isDone) return
    if (!('file' in named)) {
      const { message } = named
      if (named.skipped) this.#record({ id, url: this.#shown(made.url), status: 'skipped', error: { message } })
      else this.#refuse(id, entry, made.url, { code: 'INVALID_NAME', message })
      return
    }
    schedule.add(jobOf(made, id, named.file, known?.(id)), performance.now())
  }

  #refuse(
    id: number,
    { line, list }: SourceEntry,
    text: string,
    { code, message }: { readonly code: FailureCode; readonly message: string },
  ): void {
    this.#record({
      id,
      url: this.#shown(text).slice(0, 200),
      status: 'invalid',
      code,
      ...(line === undefined ? {} : { line }),
      ...(list === undefined ? {} : { list }),
      error: { message },
    })
  }

  #shown(url: string): string {
    return redactUrl(url, this.#parts.plan.secretParameters)
  }

  /** Starts everything that may start now, and wakes up when more may. */
  #pump(): void {
    // Starting a download can end another in the same breath; one loop is enough.
    if (this.#isPumping) return
    this.#isPumping = true
    try {
      this.#start()
      this.#sender.flush()
    } catch (error) {
      this.#fail(asRunError(error))
    } finally {
      this.#isPumping = false
    }
  }

  #start(): void {
    const { schedule, delivery } = this.#parts
    while (!this.#isStopping) {
      if (delivery.isFull()) {
        delivery.onRoom(() => {
          this.#pump()
          this.#wakeUp()
        })
        return
      }
      const next = schedule.next(performance.now())
      if ('ticket' in next) this.#begin(next.ticket)
      else if ('refused' in next) this.#hostDown(next)
      else {
        clearTimeout(this.#timer)
        this.#timer =
          next.at === undefined ? undefined : setTimeout(() => this.#wakeUp(), Math.max(1, next.at - performance.now()))
        return
      }
    }
  }

  #begin(ticket: Ticket): void {
    const { job, url, attempt } = ticket
    this.#parts.onEvent({ type: 'begin', id: job.id, url: this.#shown(url), file: job.file, attempt })
    const transfer: InFlight = { ticket, began: performance.now(), slot: this.#inFlight.length }
    this.#inFlight.push(transfer)
    try {
      this.#sender.send(transfer)
    } catch (error) {
      this.#remove(transfer)
      throw error
    }
  }

  #over(ended: readonly (readonly [InFlight, Attempt])[]): void {
    for (const [transfer, attempt] of ended) {
      try {
        this.#ended(transfer, attempt)
      } catch (error) {
        this.#fail(asRunError(error))
      }
    }
    this.#pump()
    this.#wakeUp()
  }

  #hostDown({ refused: { id, url }, attempts, code, message }: Refused): void {
    this.#record({
      id,
      url: this.#shown(url),
      status: 'error',
      code,
      ...(attempts === 0 ? {} : { attempts }),
      error: { message },
    })
  }

  /** An attempt is over: the line is done, or it will be tried again, or the run cannot go on. */
  #ended(transfer: InFlight, { outcome, retryAfter, spooled }: Attempt): void {
    const { schedule, onEvent } = this.#parts
    const { ticket } = transfer
    const { job, attempt } = ticket
    this.#remove(transfer)
    const { code } = outcome
    const kind = code === undefined ? undefined : failureKind(code)
    if (kind === 'output') {
      const { todo } = FAILURES[code as keyof typeof FAILURES]
      this.#fail(new RunError('ERR_OUTPUT', `${outcome.error?.message ?? code}: ${todo}`))
      return
    }
    // Not recorded: the line is as if it had not begun, and the next run does it.
    if (kind === 'stopped') {
      this.#isCancelled ||= !this.#isStopping
      return
    }
    const decision = schedule.finished(
      ticket,
      {
        ...(code === undefined ? {} : { code, redirected: outcome.finalUrl !== undefined }),
        ...(retryAfter === undefined ? {} : { retryAfter }),
        ...(outcome.bytes === undefined ? {} : { bytes: outcome.bytes }),
        ...(outcome.ms?.connect === undefined ? {} : { connect: outcome.ms.connect }),
        ...(outcome.error === undefined ? {} : { message: outcome.error.message }),
      },
      performance.now(),
    )
    if (kind === 'exhausted') this.#useFewerFiles(outcome, transfer.began)
    else this.#exhausted = 0
    if (this.#isStopping && decision.again) return
    if (decision.again) {
      onEvent({ type: 'retry', id: job.id, code: code ?? 'INTERNAL', attempt, delay: decision.delay })
      return
    }
    this.#record(completed(outcome, attempt, ticket.waited), spooled)
  }

  /** The last one takes its place. */
  #remove(transfer: InFlight): void {
    const last = this.#inFlight.pop()
    if (last === undefined || last === transfer) return
    this.#inFlight[transfer.slot] = last
    last.slot = transfer.slot
  }

  /** Those that began before the last time fail for the same reason; each of them would halve it again. */
  #useFewerFiles(outcome: Outcome, began: number): void {
    if (began <= this.#reducedAt) return
    this.#exhausted += 1
    if (this.#concurrency > 1) {
      this.#reducedAt = performance.now()
      this.#concurrency = Math.max(1, Math.min(this.#concurrency, this.#parts.schedule.limit) >> 1)
      this.#parts.schedule.setConcurrency(this.#concurrency)
      this.#parts.onEvent({ type: 'notice', message: `too many open files: going on with ${this.#concurrency} at once` })
    } else if (this.#exhausted >= MAX_EXHAUSTED) {
      this.#fail(new RunError('ERR_OUTPUT', `${outcome.error?.message ?? 'too many open files'}: raise ulimit -n`))
    }
  }

  #record(outcome: Outcome, spooled?: Spooled): void {
    const { journal, shards, failures, tell, maxTotal } = this.#parts
    shards?.add(outcome, spooled)
    journal.record(outcome)
    failures?.add(outcome.status, outcome.code, outcome.url)
    tell(outcome)
    if (maxTotal > 0 && journal.tally.bytes >= maxTotal && this.#stoppedBy === undefined) {
      this.#stoppedBy = 'max-total'
      this.#stopReading()
    }
  }

  /** Nothing more is begun; what is in flight may finish, and is told to stop when its time is up. */
  #interrupt(): void {
    if (this.#interrupted) return
    this.#interrupted = true
    this.#stopReading()
    this.#graceTimer = setTimeout(() => this.#abortAll(), this.#parts.interruptGrace)
    this.#wakeUp()
  }

  #fail(error: RunError): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#stopReading()
    this.#abortAll()
    this.#wakeUp()
  }

  #stopReading(): void {
    this.#reading.abort()
    this.#parts.schedule.drain()
  }

  #abortAll(): void {
    this.#sender.abortAll(this.#inFlight, new Error('the run was ended'))
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve))
  }

  #wakeUp(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}

const KEEP_EXECUTOR = 'the `executor` must not be shut down before the run is over'

function asRunError(error: unknown): RunError {
  if (error instanceof RunError) return error
  const message = error instanceof Error ? error.message : String(error)
  // By its code: the executor may be of another copy of the library.
  const { code } = (error ?? {}) as { readonly code?: unknown }
  if (code === 'ERR_EXECUTOR_SHUTDOWN') return new RunError('ERR_WORKERS', `${message}: ${KEEP_EXECUTOR}`, { cause: error })
  if (code === 'ERR_QUEUE_FULL' || code === 'ERR_NESTED_SUBMIT')
    return new RunError('ERR_OPTIONS', `the \`executor\` does not take the downloads: ${message}`, { cause: error })
  if (isBroken(error) && !lacksFiles(error)) return new RunError('ERR_WORKERS', message, { cause: error })
  if (isBroken(error))
    return new RunError('ERR_OUTPUT', 'too many open files for another worker: raise ulimit -n, or lower -j', { cause: error })
  return new RunError('ERR_OUTPUT', message, { cause: error })
}

/** Whether it all began with a file that could not be opened: a thread needs some to start with. */
function lacksFiles(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; { cause } = cause) {
    if (/\bE[MN]FILE\b/.test(`${(cause as NodeJS.ErrnoException).code ?? ''} ${cause.message}`)) return true
  }
  return false
}
