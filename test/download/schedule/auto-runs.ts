/** Runs with limits that are found out, and the same runs with fixed ones to compare them with. */
import type { ScheduleSettings } from '../../../src/download/schedule/schedule.js'
import type { Server } from './servers.js'
import { job, simulate } from './simulation.js'
import type { Log } from './simulation.js'

export interface Place {
  readonly server: Server
  readonly load?: (now: number) => number
}

export interface AutoRun extends Log {
  /** At each request: when, and how many were in flight then. */
  readonly crowd: readonly { readonly at: number; readonly inFlight: number }[]
  /** When a request was refused, with 429 or 503. */
  readonly refusals: readonly number[]
}

/** What `-j auto --per-host auto` makes of it. */
export const AUTO: Partial<ScheduleSettings> = { concurrency: 1024, autoConcurrency: true, perHost: 256, autoPerHost: true }

export const fixedAt = (jobs: number): Partial<ScheduleSettings> => ({ concurrency: jobs, perHost: jobs })

/** `count` jobs of one host, or of those that `hostOf` says; tried again for as long as it takes. */
export function run(
  { server, load }: Place,
  settings: Partial<ScheduleSettings>,
  count: number,
  hostOf: (id: number) => string = () => 'host',
): AutoRun {
  const crowd: { at: number; inFlight: number }[] = []
  const refusals: number[] = []
  const log = simulate({
    jobs: (function* () {
      for (let id = 0; id < count; id++) yield job(id, hostOf(id))
    })(),
    server: (request) => {
      const answer = server(request)
      if (answer.code === 'HTTP_429' || answer.code === 'HTTP_503') refusals.push(request.start + answer.ms)
      return answer
    },
    settings: { retries: 1000, ...settings },
    ...(load === undefined ? {} : { load }),
    onStart: ({ start }, { inFlight }) => crowd.push({ at: start, inFlight }),
  })
  return { ...log, crowd, refusals }
}

/** Files per second from one file to another, in the order in which they were done. */
export function speed({ ended }: Log, from: number, to: number): number {
  return ((to - from) * 1000) / (ended[to - 1]!.at - (from === 0 ? 0 : ended[from - 1]!.at))
}
