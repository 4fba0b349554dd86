/** A run without a network: the schedule, servers that are functions, and a clock that jumps to whatever happens next. */
import type { FailureCode } from '../../../src/download/errors.js'
import type { Job } from '../../../src/download/job.js'
import type { AttemptEnd, HostEvent, Schedule, ScheduleSettings, Ticket } from '../../../src/download/schedule/schedule.js'
import { randomFrom } from '../../support/random.js'
import { built } from './built.js'

const { Schedule: ScheduleClass } = await built<typeof import('../../../src/download/schedule/schedule.js')>('schedule')

export const defaults: ScheduleSettings = {
  concurrency: 64,
  perHost: 16,
  rate: 0,
  perHostRate: 0,
  retries: 5,
  maxRetryAfter: 600_000,
  hostFailures: 20,
}

export interface Request {
  readonly id: number
  readonly url: string
  readonly host: string
  readonly attempt: number
  /** ms */
  readonly start: number
  /** Requests that this host had before. */
  readonly before: number
}

/** How a server answers: after `ms`. */
export interface Answer extends AttemptEnd {
  readonly ms: number
}

export interface Ended {
  readonly id: number
  readonly at: number
  readonly code: FailureCode | undefined
  readonly attempts: number
  readonly refused: boolean
  readonly message?: string
}

/** Nothing can be started now: told to whoever wants to know whether that is true. */
export interface Pause {
  readonly now: number
  readonly at: number | undefined
}

export interface Simulation {
  readonly jobs: Iterable<Job>
  /** ms at which a job may be added; they rise. Default: as soon as there is room. */
  readonly arrival?: (job: Job) => number
  readonly server: (request: Request) => Answer
  readonly settings?: Partial<ScheduleSettings>
  readonly seed?: number
  readonly onPause?: (pause: Pause) => void
  readonly onStart?: (request: Request, schedule: Schedule) => void
  /** How busy this side is. */
  readonly load?: (now: number) => number
  /** The clock stands still here: whoever wants may look. */
  readonly onTick?: (now: number, schedule: Schedule) => void
  readonly onHost?: (event: HostEvent, now: number) => void
  readonly onEnd?: (request: Request, decision: { readonly again: boolean; readonly delay?: number }, now: number) => void
}

export interface Log {
  readonly requests: Request[]
  readonly ended: Ended[]
  readonly events: (HostEvent & { readonly at: number })[]
  /** ms, when the last job ended. */
  readonly time: number
  readonly schedule: Schedule
  readonly mostWaiting: number
}

/** Of the plain URLs made here. */
export const hostOf = (url: string): string => url.slice(0, url.indexOf('/', 'http://'.length))

export const job = (id: number, host: string, rest: Partial<Job> = {}): Job => ({
  id,
  url: `http://${host}/${id}`,
  file: `${id}`,
  ...rest,
})

/** Runs until nothing is left to do. */
export function simulate(simulation: Simulation): Log {
  const { server, arrival, onPause, onStart, onEnd } = simulation
  let now = 0
  let mostWaiting = 0
  const events: Log['events'] = []
  const requests: Request[] = []
  const ended: Ended[] = []
  const perHost = new Map<string, number>()
  const settings = { ...defaults, ...simulation.settings }
  const onHost = (event: HostEvent): void => {
    events.push({ ...event, at: now })
    simulation.onHost?.(event, now)
  }
  const load = (): number => simulation.load?.(now) ?? 0
  const schedule = new ScheduleClass(settings, randomFrom(simulation.seed ?? 1), onHost, undefined, load)
  const jobs = simulation.jobs[Symbol.iterator]()
  let upcoming = jobs.next()
  const flying: { readonly ticket: Ticket; readonly request: Request; readonly answer: Answer; readonly at: number }[] = []

  const arrives = (): number => (upcoming.done === true ? Infinity : (arrival?.(upcoming.value) ?? now))

  function feed(): void {
    for (let room = arrival === undefined ? schedule.room(now) : Infinity; room > 0 && arrives() <= now; room--) {
      if (upcoming.done !== true) schedule.add(upcoming.value, now)
      upcoming = jobs.next()
    }
    mostWaiting = Math.max(mostWaiting, schedule.waiting)
  }

  function start(ticket: Ticket): void {
    const host = hostOf(ticket.url)
    const before = perHost.get(host) ?? 0
    perHost.set(host, before + 1)
    const request = { id: ticket.job.id, url: ticket.url, host, attempt: ticket.attempt, start: now, before }
    requests.push(request)
    onStart?.(request, schedule)
    const answer = server(request)
    const at = now + answer.ms
    // Kept in order of their ends; those that end together, in order of their starts.
    let place = flying.length
    while (place > 0 && flying[place - 1]!.at > at) place--
    flying.splice(place, 0, { ticket, request, answer, at })
  }

  /** Starts what may be started; says when to ask again. `settled`: everything that happens now has happened. */
  function fill(settled = true): number {
    for (;;) {
      const next = schedule.next(now)
      if ('ticket' in next) {
        start(next.ticket)
      } else if ('refused' in next) {
        const { refused, attempts, code, message } = next
        ended.push({ id: refused.id, at: now, code, attempts, refused: true, message })
      } else {
        if (next.at !== undefined && next.at <= now) throw new Error(`at ${now} told to wait until ${next.at}`)
        if (settled) onPause?.({ now, at: next.at })
        return next.at ?? Infinity
      }
    }
  }

  /** As in a run: what ends makes room, and that is used before the next ends. */
  function land(): void {
    for (; flying.length > 0 && flying[0]!.at <= now; fill(false)) {
      const { ticket, request, answer } = flying.shift()!
      const { ms: _ms, ...end } = answer
      const decision = schedule.finished(ticket, end, now)
      onEnd?.(request, decision, now)
      if (!decision.again) {
        ended.push({ id: ticket.job.id, at: now, code: end.code, attempts: ticket.attempt, refused: false })
      }
    }
  }

  for (let steps = 0; ; steps++) {
    if (steps > 10_000_000) throw new Error('the run does not end')
    land()
    feed()
    let at = fill()
    // What was started made room for more.
    while (arrival === undefined && upcoming.done !== true && schedule.room(now) > 0) {
      feed()
      at = fill()
    }
    const then = Math.min(at, flying[0]?.at ?? Infinity, arrival === undefined ? Infinity : arrives())
    simulation.onTick?.(now, schedule)
    if (then === Infinity) break
    now = then
  }
  return { requests, ended, events, time: now, schedule, mostWaiting }
}
