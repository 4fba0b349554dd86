/** Servers as functions of when a request comes: what they answer, and after how many ms. Each call makes a new one. */
import { randomFrom } from '../../support/random.js'
import type { Answer, Request } from './simulation.js'

export type Server = (request: Request) => Answer

/** Answers at once that are free at some time; the soonest first. */
class Places {
  readonly #free: number[]

  constructor(count: number) {
    this.#free = Array.from({ length: count }, () => 0)
  }

  /** When a request that comes at `now` and takes `ms` is done; it waits for a place if it must. */
  take(now: number, ms: number): number {
    const done = Math.max(now, this.#free[0]!) + ms
    const free = this.#free
    let slot = 0
    for (;;) {
      let child = 2 * slot + 1
      if (child >= free.length) break
      if (child + 1 < free.length && free[child + 1]! < free[child]!) child++
      if (free[child]! >= done) break
      free[slot] = free[child]!
      slot = child
    }
    free[slot] = done
    return done
  }

  /** Whether a request that comes at `now` need not wait. */
  isFree(now: number): boolean {
    return this.#free[0]! <= now
  }
}

interface Work {
  /** ms each request takes, from random numbers. */
  readonly ms: (random: () => number) => number
  readonly seed?: number
}

export const always = (ms: number): Work => ({ ms: () => ms })
/** From `least` up, with a long tail: most twice the shortest, one in a hundred twenty times as long. */
export const noisy = (least: number): Work => ({ ms: (random) => least * (1 + (0.2 * random()) / (0.01 + random())) })

/** Works on `places` requests at a time and lets the others wait. `delay`: ms of the way there and back, in which no place is taken. */
export function queueing(places: number, work: Work, delay = 0): Server {
  const random = randomFrom(work.seed ?? 1)
  const queue = new Places(places)
  return ({ start }) => ({ ms: queue.take(start + delay, work.ms(random)) - start })
}

/** Works on `places` requests at a time and refuses the others. */
export function refusing(places: number, work: Work, refusal: Answer): Server {
  const random = randomFrom(work.seed ?? 1)
  const queue = new Places(places)
  return ({ start }) => (queue.isFree(start) ? { ms: queue.take(start, work.ms(random)) - start } : refusal)
}

/** Has a bucket of `burst` tokens that fills with `rate` a second, and answers 429 when it is empty. */
export function bucket(rate: number, burst: number, ms: number, refusal: Partial<Answer> = {}): Server {
  let tokens = burst
  let last = 0
  return ({ start }) => {
    tokens = Math.min(burst, tokens + ((start - last) * rate) / 1000)
    last = start
    if (tokens < 1) return { ms, code: 'HTTP_429', ...refusal }
    tokens--
    return { ms }
  }
}

/** One after the other at `bytesPerMs`, as over a link, `delay` ms away. */
export function link(bytesPerMs: number, delay: number, sizes: (random: () => number) => number, seed = 1): Server {
  const random = randomFrom(seed)
  let free = 0
  return ({ start }) => {
    const bytes = sizes(random)
    free = Math.max(free, start + delay) + bytes / bytesPerMs
    return { ms: free - start, bytes }
  }
}

/** Another server from `when` on. */
export const changing = (first: Server, when: number, second: Server): Server => {
  return (request) => (request.start < when ? first : second)(request)
}

/** This side's own work for each request, `ms` of one processor before it goes out; and how busy it is. */
export function processor(server: Server, ms: number): { server: Server; load: (now: number) => number } {
  let free = 0
  return {
    load: (now) => (free > now ? 1 : 0.5),
    server: (request) => {
      free = Math.max(free, request.start) + ms
      const answer = server({ ...request, start: free })
      return { ...answer, ms: free - request.start + answer.ms }
    },
  }
}
