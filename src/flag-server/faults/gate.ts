import type { Random } from '../random.js'
import { FAULTS, type FaultName, type Faults } from './table.js'
import { without } from './together.js'

const FAILURES: readonly FaultName[] = FAULTS.filter(({ role }) => role === 'failure').map(({ name }) => name)
/** These say how a failure looks, not what fails. */
const TRIMMINGS: ReadonlySet<FaultName> = new Set(['reason', 'retryAfter', 'interimStatus', 'extraHeaderSize'])

/** Decides which requests the failures hit: the first few of a URL, or a share by chance. */
export class FailureGate {
  readonly #random: Random
  /** Requests so far by URL or key; only of those that `fail` was asked for. */
  readonly #seen = new Map<string, number>()

  constructor(random: Random) {
    this.#random = random
  }

  /** The faults that this request gets. */
  choose(faults: Faults, url: string): Faults {
    if (faults.fail === undefined && faults.errorRate === undefined) return faults
    if (!this.#hits(faults, url)) return without(faults, FAILURES)
    const named = FAILURES.some((name) => faults[name] !== undefined && !TRIMMINGS.has(name))
    return named ? faults : { ...faults, status: 503 }
  }

  #hits({ fail, key, errorRate }: Faults, url: string): boolean {
    // Drawn even if `fail` has decided already: so the same seed gives the same draws.
    const unlucky = errorRate === undefined || this.#random() < errorRate
    if (fail === undefined) return unlucky
    const counted = key ?? url
    const seen = (this.#seen.get(counted) ?? 0) + 1
    this.#seen.set(counted, seen)
    return unlucky && seen <= fail
  }
}
