// How long the list would take if nothing cost anything but what the hosts take: a simulation, event by event.
import { planRetry } from '../../dist/download/schedule/retry-plan.js'
import { heap } from './heap.js'
import { attemptAt } from './hosts.js'
import { randomNumbers } from './random.js'

/**
 * The oracle takes the list in order: a place that becomes free goes to the first URL in the list whose host has a free place too, retries
 * that are due before new ones. It knows no window, looks up no name, connects in no time, and pays for an attempt what the host makes it
 * wait. Limits that `auto` finds out it knows: all of the places are there from the first moment. It makes as many attempts as we are told to, and waits between them as our own retry plan says, with random numbers of its own: to
 * wait is manners, not a matter of the schedule. What it does not know either is that a host is dead.
 *
 * @param {{ host: string }[]} list
 * @param {import('./rehearsal.js').Limits & { retries: number, scale: number }} limits
 * @returns {number} seconds
 */
export function oracle(list, { concurrency, perHost, retries, scale }) {
  const random = randomNumbers(3)
  const hosts = new Map()
  list.forEach(({ host }, index) => {
    let known = hosts.get(host)
    if (known === undefined) hosts.set(host, (known = { ...attemptAt(host, scale), queue: [], at: 0, due: [], running: 0 }))
    known.queue.push({ index, attempt: 1, backoff: 0 })
  })
  const ready = heap((a, b) => a.first - b.first)
  const events = heap((a, b) => a.at - b.at)
  const offer = (host) => {
    const first = host.due[0]?.index ?? host.queue[host.at]?.index
    if (first !== undefined && host.running < perHost && !host.offered) {
      host.offered = true
      ready.push({ host, first: host.due.length > 0 ? -1 : first })
    }
  }
  for (const host of hosts.values()) offer(host)
  let now = 0
  let running = 0
  for (;;) {
    while (running < concurrency && ready.size > 0) {
      const { host } = ready.pop()
      host.offered = false
      const job = host.due.shift() ?? host.queue[host.at++]
      host.running++
      running++
      events.push({ at: now + host.time, host, job, ends: true })
      offer(host)
    }
    if (events.size === 0) return now / 1000
    const { at, host, job, ends } = events.pop()
    now = at
    if (!ends) host.due.push(job)
    else {
      host.running--
      running--
      const again = host.code === undefined ? undefined : retryOf(host.code, job, retries, random)
      if (again !== undefined)
        events.push({ at: now + again.delay, host, job: { ...job, attempt: job.attempt + 1, backoff: again.backoff } })
    }
    offer(host)
  }
}

function retryOf(code, { attempt, backoff }, retries, random) {
  const failed = { code, attempt, backoff, retryAfter: undefined, addresses: 1, untried: 0, exhaustions: 0 }
  const plan = planRetry(failed, random, { retries, maxRetryAfter: 600_000 })
  return plan.again ? plan : undefined
}
