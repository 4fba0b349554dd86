import type { Random } from '../random.js'
import { FAULTS, type FaultName, type Faults } from './table.js'
import { without } from './together.js'

const FAILURES: readonly FaultName[] = FAULTS.filter(({ role }) => role === 'failure').map(({ name }) => name)
/** These say how a failure looks, not what fails. */
const TRIMMINGS: ReadonlySet<FaultName> = new Set(['reason', 'retryAfter', 'interimStatus', 'extraHeaderSize'])

/** Decides which requests the failures hit: the first few of a URL, a share by chance, or those that are too many. */
export class FailureGate {
  readonly #random: Random
  /** Requests so far by URL or key; only of those that `fail` was asked for. */
  readonly #seen = new Map<string, number>()
  /** Requests let through that are being answered; only of those that `over` was asked for. */
  readonly #inside = new Set<object>()
  /** Tokens left, and when that was so; for all requests that `overRate` was asked for. */
  #tokens: number | undefined
  #countedAt = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** The faults that this request gets. `now` in ms; `request` is what {@link left} is told in the end. */
  choose(faults: Faults, url: string, now: number, request: object): Faults {
    const { fail, errorRate, over, overRate } = faults
    if (fail === undefined && errorRate === undefined && over === undefined && overRate === undefined) return faults
    if (!this.#hits(faults, url, now)) {
      if (over !== undefined) this.#inside.add(request)
      return without(faults, FAILURES)
    }
    const named = FAILURES.some((name) => faults[name] !== undefined && !TRIMMINGS.has(name))
    return named ? faults : { ...faults, status: 503 }
  }

  /** The request is answered. */
  left(request: object): void {
    this.#inside.delete(request)
  }

  #hits({ fail, key, errorRate, over, overRate }: Faults, url: string, now: number): boolean {
    const isCrowded = over === undefined || this.#inside.size >= over
    const isFast = overRate === undefined || !this.#takeToken(overRate, now)
    // Drawn even if others have decided already: so the same seed gives the same draws.
    const unlucky = (errorRate === undefined || this.#random() < errorRate) && isCrowded && isFast
    if (fail === undefined) return unlucky
    const counted = key ?? url
    const seen = (this.#seen.get(counted) ?? 0) + 1
    this.#seen.set(counted, seen)
    return unlucky && seen <= fail
  }

  #takeToken(rate: number, now: number): boolean {
    const tokens = Math.min(rate, (this.#tokens ?? rate) + ((now - this.#countedAt) * rate) / 1000)
    this.#countedAt = now
    this.#tokens = tokens < 1 ? tokens : tokens - 1
    return tokens >= 1
  }
}
