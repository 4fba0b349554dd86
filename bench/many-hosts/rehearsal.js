// What our own schedule makes of the list in simulated time: nothing costs anything but what the hosts take, as for the oracle. So what is
// lost by the order of things is told from what is lost by the machine, which is slow at times.
import { Schedule } from '../../dist/download/schedule/schedule.js'
import { attemptAt } from './hosts.js'
import { heap } from './heap.js'
import { randomNumbers } from './random.js'

/** As in src/download/resolve-options.ts. */
const hostFailures = 20

/**
 * @typedef {object} Limits
 * @property {number} concurrency
 * @property {number} perHost
 * @property {boolean} [autoConcurrency] it begins with few and finds out
 * @property {boolean} [autoPerHost]
 */

/**
 * @param {{ host: string }[]} list
 * @param {Limits & { retries: number, scale: number }} rules
 * @returns {number} seconds
 */
export function rehearse(list, { retries, scale, ...limits }) {
  const settings = { ...limits, rate: 0, perHostRate: 0, retries, maxRetryAfter: 600_000, hostFailures }
  const schedule = new Schedule(settings, randomNumbers(5))
  const attempts = new Map()
  const events = heap((a, b) => a.at - b.at)
  let now = 0
  let read = 0
  for (;;) {
    while (read < list.length && schedule.room(now) > 0) schedule.add({ id: read, url: `http://${list[read++].host}/` }, now)
    const next = schedule.next(now)
    if ('refused' in next) continue
    if ('ticket' in next) {
      const { ticket } = next
      const { host } = list[ticket.job.id]
      let attempt = attempts.get(host)
      if (attempt === undefined) attempts.set(host, (attempt = attemptAt(host, scale)))
      events.push({ at: now + attempt.time, ticket, code: attempt.code })
      continue
    }
    if (events.size === 0 && next.at === undefined) return now / 1000
    // Whichever comes first: the end of an attempt, or what the schedule waits for.
    if (events.size === 0 || (next.at !== undefined && next.at < events.first.at)) now = Math.max(now, next.at)
    else {
      const { at, ticket, code } = events.pop()
      now = Math.max(now, at)
      schedule.finished(ticket, code === undefined ? {} : { code }, now)
    }
  }
}
