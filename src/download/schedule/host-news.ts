import type { RunEvent } from '../events.js'
import { Breaker, evidenceOf } from './breaker.js'
import type { BreakerSettings } from './breaker.js'
import type { Host } from './host.js'
import type { AttemptEnd } from './ticket.js'

/** `cooling` is told again when it gets longer; its end is not told. `up` follows `down`. */
export type HostEvent = Extract<RunEvent, { readonly type: 'host' }>

/** What the ends of attempts say about their hosts, and who is told. */
export class HostNews {
  readonly #settings: BreakerSettings
  readonly #tell: (event: HostEvent) => void

  constructor(settings: BreakerSettings, tell: (event: HostEvent) => void) {
    this.#settings = settings
    this.#tell = tell
  }

  /** A sign of life. */
  good(host: Host): void {
    const down = host.breaker?.down === true
    host.breaker = undefined
    if (down) this.#tell({ type: 'host', host: host.key, state: 'up' })
  }

  /** A failed attempt, no longer counted in `host.inFlight`. `rest`: ms to leave the host alone if it is the host that is in trouble. */
  bad(host: Host, { code, retryAfter = 0, redirected }: AttemptEnd, rest: number, probe: boolean, now: number): void {
    const evidence = evidenceOf(code, redirected)
    if (evidence === 'alive') this.good(host)
    else if (evidence !== 'nothing') host.breaker ??= new Breaker(this.#settings)
    const { breaker } = host
    const fell = breaker?.hear(evidence, code, now, { alone: host.inFlight === 0, probe }) === true
    if (fell) this.#tell({ type: 'host', host: host.key, state: 'down', delay: breaker.until - now })
    const overrun = evidence === 'busy' || (evidence === 'silence' && breaker?.suspected === true)
    if (retryAfter > 0 || overrun) this.#cool(host, rest, now)
  }

  #cool(host: Host, delay: number, now: number): void {
    if (now + delay <= host.coolUntil) return
    host.coolUntil = now + delay
    if (host.breaker?.down !== true) this.#tell({ type: 'host', host: host.key, state: 'cooling', delay })
  }
}
