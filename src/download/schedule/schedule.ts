/**
 * Schedule: which job may start now. The one truth about politeness, in the parent, whatever runs the jobs.
 *
 *   add ─▶ queue of its host ─▶ next(): host open? total open? ─▶ (it runs) ─▶ finished(): done | again, after a delay
 *
 * Hosts take turns, one job each; within a host the jobs go in the order they were added, and before them the retries whose delay is over.
 *
 * Pure: it is told the time (ms, never going back), and asks for random numbers where it is handed a source of them. Memory is that of the
 * jobs in it, of their hosts, and of at most 10,000 hosts more whose state must be remembered.
 */
import { FAILURES, failureKind } from '../errors.js'
import type { FailureCode } from '../errors.js'
import type { Job } from '../job.js'
import { Crowd } from './crowd.js'
import { Entry } from './entry.js'
import { HostNews } from './host-news.js'
import type { HostEvent } from './host-news.js'
import type { Host } from './host.js'
import { Hosts } from './hosts.js'
import { Lines } from './lines.js'
import { Pace } from './pace.js'
import { planRetry } from './retry-plan.js'
import type { RetryPlan } from './retry-plan.js'
import type { AttemptEnd, Decision, HostSnapshot, NextTicket, Ticket } from './ticket.js'

export type { HostEvent } from './host-news.js'
export type { AttemptEnd, Decision, HostSnapshot, NextTicket, Ticket } from './ticket.js'

export interface ScheduleSettings {
  /** Jobs in flight. With `autoConcurrency` the most; how many, is found out: see `knee.ts`. */
  readonly concurrency: number
  readonly autoConcurrency?: boolean
  /** Jobs in flight per host (scheme, name and port). With `autoPerHost` the most; how many, and how fast, is found out: see `host-control.ts`. */
  readonly perHost: number
  readonly autoPerHost?: boolean
  /** How many requests a job may make at once; where limits are found out, they begin with as many jobs fewer. @default 1 */
  readonly requestsPerJob?: number
  /** Requests per second, all hosts together. 0: no limit. */
  readonly rate: number
  /** Requests per second and host. 0: no limit. */
  readonly perHostRate: number
  /** Tries after the first. */
  readonly retries: number
  /** ms; a server's Retry-After beyond it is cut. @default 600_000 */
  readonly maxRetryAfter: number
  /** Failures in a row, without one answer, after which a host counts as down; see `breaker.ts`. 0: never. @default 20 */
  readonly hostFailures: number
}

/** Jobs that wait; see `room`. */
const WINDOW = 10_000
const WINDOW_MOST = 20_000
const WINDOW_STEP = 1_000

const DONE: Decision = Object.freeze({ again: false })

/** A ticket that is out. What the schedule itself knows of it are getters: they are not there for JSON, nor for a thread. */
class Started implements Ticket {
  readonly job: Job
  readonly attempt: number
  readonly url: string
  readonly waited: number
  readonly #began: number
  readonly #entry: Entry
  readonly #host: Host
  readonly #probe: boolean
  #ended = false

  constructor(entry: Entry, host: Host, now: number) {
    this.job = entry.job
    this.attempt = entry.attempts
    this.url = entry.url
    this.waited = now - entry.added
    this.#began = now
    this.#entry = entry
    this.#host = host
    this.#probe = host.breaker?.begin() === true
  }

  get entry(): Entry {
    return this.#entry
  }

  get host(): Host {
    return this.#host
  }

  get began(): number {
    return this.#began
  }

  /** Whether it asks if a host that is down is up again. */
  get probe(): boolean {
    return this.#probe
  }

  /** True once. */
  end(): boolean {
    const ended = this.#ended
    this.#ended = true
    return !ended
  }
}

export class Schedule {
  readonly #settings: ScheduleSettings
  readonly #random: () => number
  readonly #news: HostNews
  readonly #hosts: Hosts
  readonly #lines: Lines
  readonly #pace: Pace
  readonly #hostPace: Pace
  readonly #crowd: Crowd
  #dueAt = 0
  #waiting = 0
  #inFlight = 0
  #drained = false

  /**
   * `random` gives numbers from 0 (included) to 1 (not included). `onHost` must not throw, nor call the schedule; nor must `onNewHost`, which
   * is told of each host that there was no job for before, soon to be requested. `load` says how busy this side is, from 0 to 1; it is asked
   * only if limits are found out.
   */
  constructor(
    settings: ScheduleSettings,
    random: () => number,
    onHost: (event: HostEvent) => void = () => undefined,
    onNewHost: (key: string) => void = () => undefined,
    load: () => number = () => 0,
  ) {
    this.#hosts = new Hosts(onNewHost)
    this.#settings = settings
    this.#random = random
    this.#news = new HostNews(settings, onHost)
    this.#crowd = new Crowd(settings, load)
    this.#lines = new Lines(this.#crowd.perHost)
    this.#pace = new Pace(settings.rate)
    this.#hostPace = new Pace(settings.perHostRate)
  }

  /** Jobs in it that are not in flight, those that wait for a retry among them. */
  get waiting(): number {
    return this.#waiting
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** How many may be in flight now. */
  get limit(): number {
    return this.#crowd.limit
  }

  /** Takes a job. From now on it ends exactly once: by `finished`, by a refusal of `next`, or by `drain`. */
  add(job: Job, now: number): void {
    if (this.#drained) throw new Error('The schedule was drained and takes no more jobs.')
    this.#enqueue(new Entry(job, now), now)
  }

  /** The next thing to do. A refusal needs no free place; so there may be one when nothing may start. */
  next(now: number): NextTicket {
    this.#lines.wake(now)
    const refusal = this.#refusal(now)
    if (refusal !== undefined) return refusal
    if (this.#inFlight >= this.#crowd.limit) return { at: undefined }
    const { ready, opensAt } = this.#lines
    if (ready === undefined) return { at: opensAt === undefined ? undefined : Math.max(opensAt, this.#dueAt) }
    return now < this.#dueAt ? { at: this.#dueAt } : { ticket: this.#start(ready, now) }
  }

  /** Takes back a ticket of `next`, once. */
  finished(ticket: Ticket, end: AttemptEnd, now: number): Decision {
    if (!(ticket instanceof Started && ticket.end())) throw new Error(`The ticket of job ${ticket.job.id} is not in flight.`)
    const { host, began } = ticket
    const before = { inFlight: this.#inFlight, atHost: host.inFlight, began }
    host.inFlight--
    this.#inFlight--
    let decision = DONE
    if (end.code === undefined) this.#news.good(host)
    else decision = this.#failed(ticket, end, end.code, now)
    this.#crowd.ended(host, end, before, now)
    this.#place(host, now)
    return decision
  }

  /** Jobs in flight from now on, or the most where that is found out; those that are stay. At least 1. */
  setConcurrency(concurrency: number): void {
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new RangeError(`Expected concurrency to be an integer from 1 and up, got ${concurrency}`)
    }
    this.#crowd.setMost(concurrency)
  }

  /**
   * How many more jobs to add now. 10,000 wait at most, unless places are free that none of them may take because their hosts are busy,
   * cooling or paced: then the list is read on, for 1,000 jobs at a time, up to 20,000. A list that holds more than that of one slow host in
   * a row runs at the pace of that host: shuffle it.
   */
  room(now: number): number {
    if (this.#waiting < WINDOW) return WINDOW - this.#waiting
    this.#lines.wake(now)
    const stuck = this.#lines.ready === undefined && this.#inFlight < this.#crowd.limit
    return stuck ? Math.min(WINDOW_STEP, Math.max(0, WINDOW_MOST - this.#waiting)) : 0
  }

  /** Empties it, for an interrupt: the jobs that have not ended and are not in flight. Those in flight are finished as ever. */
  drain(): Job[] {
    this.#drained = true
    const jobs: Job[] = []
    for (const host of this.#hosts.values()) {
      for (let entry = host.take(Infinity); entry !== undefined; entry = host.take(Infinity)) jobs.push(entry.job)
      this.#lines.place(host, 0)
    }
    this.#waiting = 0
    return jobs
  }

  /** The hosts with jobs, and those remembered; in the order in which they were met. */
  *hosts(now: number): IterableIterator<HostSnapshot> {
    for (const host of this.#hosts.values()) {
      const { key, waiting, inFlight, coolUntil, breaker } = host
      const common = { host: key, waiting, inFlight }
      if (breaker?.down === true) yield { ...common, state: 'down', until: breaker.until }
      else if (coolUntil > now) yield { ...common, state: 'cooling', until: coolUntil }
      else yield { ...common, state: 'open' }
    }
  }

  // Choosing

  #start(host: Host, now: number): Ticket {
    const entry = host.take(now)
    if (entry === undefined) throw new Error('A host was ready without a job.')
    entry.attempts++
    host.inFlight++
    host.dueAt = Math.max(this.#hostPace.following(host.dueAt, now), this.#crowd.following(host, host.dueAt, now))
    this.#dueAt = this.#pace.following(this.#dueAt, now)
    this.#inFlight++
    this.#waiting--
    const ticket = new Started(entry, host, now)
    this.#lines.turn(host, now)
    return ticket
  }

  /** A job of a host that is down, unless it can go to a mirror elsewhere. */
  #refusal(now: number): NextTicket | undefined {
    for (let host = this.#lines.doomed(now); host !== undefined; host = this.#lines.doomed(now)) {
      const entry = host.take(Infinity)
      if (entry === undefined) throw new Error('A host was doomed without a job.')
      this.#waiting--
      const open = this.#findOpen(entry, now)
      if (open) this.#enqueue(entry, now)
      this.#place(host, now)
      if (!open) return refused(entry, host, now)
    }
    return undefined
  }

  // Waiting

  #enqueue(entry: Entry, now: number): void {
    const host = this.#hosts.of(entry.url)
    if (entry.code === undefined) host.push(entry)
    else host.pushRetry(entry)
    this.#waiting++
    this.#place(host, now)
  }

  /** After everything that happens to a host. */
  #place(host: Host, now: number): void {
    this.#lines.place(host, now)
    if (host.waiting === 0 && host.inFlight === 0) this.#hosts.rest(host, now)
  }

  // Ending

  #failed({ entry, host, probe }: Started, end: AttemptEnd, code: FailureCode, now: number): Decision {
    entry.code = code
    entry.message = end.message
    if (failureKind(code) === 'exhausted') entry.exhaustions++
    const plan = planRetry(entry.failure(code, end.retryAfter), this.#random, this.#settings)
    this.#news.bad(host, end, plan.rest, probe, now)
    return this.#again(entry, plan, now)
  }

  #again(entry: Entry, plan: RetryPlan, now: number): Decision {
    if (!plan.again) return DONE
    entry.backoff = plan.backoff
    if (!plan.counted) entry.attempts--
    if (plan.address !== 'same') entry.turn(plan.address === 'turn')
    if (!this.#findOpen(entry, now)) return DONE
    entry.at = now + plan.delay
    if (!this.#drained) this.#enqueue(entry, now)
    return { again: true, delay: plan.delay }
  }

  /** Turns to an address whose host is not down. False: there is none. */
  #findOpen(entry: Entry, now: number): boolean {
    for (let left = entry.addresses; left > 0; left--) {
      if (!this.#hosts.refuses(entry.url, now)) return true
      entry.turn(true)
    }
    return false
  }
}

function refused({ job, attempts, code, message }: Entry, host: Host, now: number): NextTicket {
  const why = `${host.key} is down: ${host.breaker?.reason(now)}`
  if (attempts === 0 || code === undefined) return { refused: job, attempts, code: 'HOST_DOWN', message: why }
  return { refused: job, attempts, code, message: `${message ?? whatHappened(code)}; not tried again: ${why}` }
}

const whatHappened = (code: FailureCode): string =>
  code in FAILURES ? FAILURES[code as keyof typeof FAILURES].what : `the answer was ${code.slice('HTTP_'.length)}`
