/** What is known of a run while it goes on, put together from its events. Pure: it is told the time, and draws nothing. */
import type { Outcome, RunEvent, Status } from '../download/index.js'
import { SlidingRate } from './sliding-rate.js'

/** A request that is on its way. Times in ms on the clock of the caller. */
export interface Transfer {
  readonly id: number
  readonly url: string
  readonly file: string
  readonly attempt: number
  readonly begin: number
  /** Received so far, where that is known. */
  readonly bytes: number
  readonly total?: number
}

/** A host that is not asked at the moment. */
export interface HostState {
  readonly host: string
  readonly state: 'cooling' | 'down'
  /** When it may be asked again, where that is known. */
  readonly until?: number
}

/** One look at a run. */
export interface RunView {
  /** Lines with an outcome, those of earlier runs too. */
  readonly done: number
  /** Lines of the list, where that is known. */
  readonly total?: number
  /** Lines done by earlier runs. */
  readonly resumed: number
  readonly byStatus: Readonly<Record<Status, number>>
  /** Not found, failed or invalid, in this run. */
  readonly failed: number
  /** Received in this run, unfinished files too. */
  readonly bytes: number
  /** Over the last seconds. */
  readonly bytesPerSecond: number
  readonly linesPerSecond: number
  /** ms since the run began. */
  readonly elapsed: number
  /** ms left, where the total is known and something moves. */
  readonly left?: number
  /** In flight; the longest running first. */
  readonly inFlight: readonly Transfer[]
  /** Requests that failed and wait for another attempt. */
  readonly waiting: number
  /** Not more than a few. */
  readonly hosts: readonly HostState[]
}

/** How many outcomes that were not good are kept to be shown one by one. */
const KEPT = 10
/** How many hosts are remembered as cooling or down; the display has no room for more. */
const HOSTS = 100
/** ms. A speed shall follow what happens; the time left shall not jump about. */
const SPEED_WINDOW = 5_000
const LEFT_WINDOW = 30_000

const nothing = (): Record<Status, number> => ({ ok: 0, unchanged: 0, skipped: 0, 'not-found': 0, error: 0, invalid: 0 })

/** Whether a line came to no good end. */
export function isFailure(status: Status): boolean {
  return status === 'not-found' || status === 'error' || status === 'invalid'
}

/** Takes events in, gives views out. Its memory is that of what is in flight. */
export class RunProgress {
  readonly #begin: number
  readonly #byStatus = nothing()
  readonly #inFlight = new Map<number, Transfer>()
  readonly #waiting = new Set<number>()
  readonly #hosts = new Map<string, HostState>()
  readonly #failures: Outcome[] = []
  readonly #bytesRate = new SlidingRate(SPEED_WINDOW)
  readonly #linesRate = new SlidingRate(SPEED_WINDOW)
  readonly #leftRate = new SlidingRate(LEFT_WINDOW)
  #resumed = 0
  #done = 0
  #bytes = 0
  #total: number | undefined

  /** @param now - ms, when the run begins */
  constructor(now: number) {
    this.#begin = now
    for (const rate of [this.#bytesRate, this.#linesRate, this.#leftRate]) rate.add(now, 0)
  }

  /** How many lines the list has, once somebody knows. */
  set total(lines: number | undefined) {
    this.#total = lines
  }

  /** The first few outcomes that were not good. */
  get failures(): readonly Outcome[] {
    return this.#failures
  }

  take(event: RunEvent, now: number): void {
    switch (event.type) {
      case 'start':
        this.#resumed = event.resumed
        break
      case 'begin':
        this.#waiting.delete(event.id)
        this.#inFlight.set(event.id, this.#transfer(event, now))
        break
      case 'progress': {
        const transfer = this.#inFlight.get(event.id)
        if (transfer === undefined) break
        this.#received(event.bytes - transfer.bytes, now)
        this.#inFlight.set(event.id, {
          ...transfer,
          bytes: event.bytes,
          ...(event.total === undefined ? {} : { total: event.total }),
        })
        break
      }
      case 'retry':
        this.#inFlight.delete(event.id)
        this.#waiting.add(event.id)
        break
      case 'host':
        this.#host(event, now)
        break
      case 'outcome':
        this.#outcome(event.outcome, now)
        break
      case 'shard':
      case 'notice':
    }
  }

  view(now: number): RunView {
    const linesPerSecond = this.#linesRate.perSecond(now)
    const total = this.#total
    const done = this.#resumed + this.#done
    const pace = this.#leftRate.perSecond(now)
    const left = total === undefined || pace === 0 ? undefined : (Math.max(0, total - done) / pace) * 1000
    return {
      done,
      ...(total === undefined ? {} : { total }),
      resumed: this.#resumed,
      byStatus: { ...this.#byStatus },
      failed: this.#byStatus['not-found'] + this.#byStatus.error + this.#byStatus.invalid,
      bytes: this.#bytes,
      bytesPerSecond: this.#bytesRate.perSecond(now),
      linesPerSecond,
      elapsed: now - this.#begin,
      ...(left === undefined ? {} : { left }),
      // In the order in which they began, which is how a Map keeps them: a new attempt was taken out before it was put in again.
      inFlight: [...this.#inFlight.values()],
      waiting: this.#waiting.size,
      hosts: [...this.#hosts.values()],
    }
  }

  #transfer({ id, url, file, attempt }: Extract<RunEvent, { type: 'begin' }>, begin: number): Transfer {
    return { id, url, file, attempt, begin, bytes: 0 }
  }

  #outcome(outcome: Outcome, now: number): void {
    const { id, status, bytes = 0 } = outcome
    const seen = this.#inFlight.get(id)?.bytes ?? 0
    this.#inFlight.delete(id)
    this.#waiting.delete(id)
    this.#byStatus[status] += 1
    this.#done += 1
    this.#linesRate.add(now, 1)
    this.#leftRate.add(now, 1)
    if (status === 'ok') this.#received(bytes - seen, now)
    if (isFailure(status) && this.#failures.length < KEPT) this.#failures.push(outcome)
  }

  #received(bytes: number, now: number): void {
    // Less than before: an attempt began again from nothing.
    const more = Math.max(0, bytes)
    this.#bytes += more
    this.#bytesRate.add(now, more)
  }

  #host({ host, state, delay }: Extract<RunEvent, { type: 'host' }>, now: number): void {
    this.#hosts.delete(host)
    if (state === 'up') return
    if (this.#hosts.size >= HOSTS) this.#hosts.delete(this.#hosts.keys().next().value ?? '')
    this.#hosts.set(host, { host, state, ...(delay === undefined ? {} : { until: now + delay }) })
  }
}
