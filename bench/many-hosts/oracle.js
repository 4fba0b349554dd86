// How long the list would take if nothing cost anything but what the hosts take: a simulation, event by event.
import { planRetry } from '../../dist/download/schedule/retry-plan.js'
import { drip, kindOf, latencyOf, stallTimeout } from './hosts.js'

const codeOf = { refused: 'CONNECT_REFUSED', unknown: 'DNS_NOT_FOUND', stall: 'TIMEOUT_STALL', cut: 'TRUNCATED' }

/**
 * The oracle takes the list in order: a place that becomes free goes to the first URL in the list whose host has a free place too, retries
 * that are due before new ones. It knows no window, looks up no name, connects in no time, and pays for an attempt what the host makes it
 * wait. It makes as many attempts as we are told to, and waits between them as our own retry plan says, with random numbers of its own: to
 * wait is manners, not a matter of the schedule. What it does not know either is that a host is dead.
 *
 * @param {{ host: string }[]} list
 * @param {{ concurrency: number, perHost: number, retries: number, scale: number }} limits
 * @returns {{ seconds: number, busy: number, longestHost: { host: string, seconds: number } }} `busy`: seconds of all places together, by
 *   `concurrency` a lower bound as well; `longestHost`: the one that takes the longest by itself
 */
export function oracle(list, { concurrency, perHost, retries, scale }) {
  const random = randomNumbers(3)
  const hosts = new Map()
  list.forEach(({ host }, index) => {
    let known = hosts.get(host)
    if (known === undefined) {
      const kind = kindOf(host)
      hosts.set(
        host,
        (known = { host, code: codeOf[kind], time: timeOf(host, kind) * scale, queue: [], at: 0, due: [], running: 0, busy: 0 }),
      )
    }
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
      host.busy += host.time
      events.push({ at: now + host.time, host, job, ends: true })
      offer(host)
    }
    if (events.size === 0) break
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
  const all = [...hosts.values()]
  const longest = all.reduce((most, host) => (host.busy > most.busy ? host : most))
  return {
    seconds: now / 1000,
    busy: all.reduce((sum, { busy }) => sum + busy, 0) / 1000,
    longestHost: { host: longest.host, seconds: longest.busy / perHost / 1000 },
  }
}

/** ms that one attempt takes, at scale 1. */
function timeOf(host, kind) {
  if (kind === 'refused' || kind === 'unknown') return 0
  if (kind === 'stall') return latencyOf(host) + stallTimeout
  return latencyOf(host) + (kind === 'drip' ? (drip.time / drip.pieces) * (drip.pieces - 1) : 0)
}

function retryOf(code, { attempt, backoff }, retries, random) {
  const failed = { code, attempt, backoff, retryAfter: undefined, addresses: 1, untried: 0, exhaustions: 0 }
  const plan = planRetry(failed, random, { retries, maxRetryAfter: 600_000 })
  return plan.again ? plan : undefined
}

/** The same every time (mulberry32). */
function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A binary heap; `before(a, b) < 0`: a comes out first. */
function heap(before) {
  const items = []
  const swap = (a, b) => ([items[a], items[b]] = [items[b], items[a]])
  return {
    get size() {
      return items.length
    },
    push(item) {
      let at = items.push(item) - 1
      for (let up = (at - 1) >> 1; at > 0 && before(items[at], items[up]) < 0; at = up, up = (at - 1) >> 1) swap(at, up)
    },
    pop() {
      const [first] = items
      const last = items.pop()
      if (items.length > 0) {
        items[0] = last
        for (let at = 0, least = 0; ; at = least) {
          for (const child of [2 * at + 1, 2 * at + 2])
            if (child < items.length && before(items[child], items[least]) < 0) least = child
          if (least === at) break
          swap(at, least)
        }
      }
      return first
    },
  }
}
