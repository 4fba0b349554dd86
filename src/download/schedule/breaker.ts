/**
 * Breaker: what the failures of one host say about the host, so that a dead one costs a few requests and not its timeout × its URLs.
 *
 *   fine ──bad news──▶ suspected ──more, for some time──▶ condemned ──nothing of it in flight──▶ down ──wait──▶ probed ──▶ fine, or down
 *
 * What counts. *Silence*: the attempt ended without one byte of an answer (refused, reset, no connection, no head in time). *Busy*: the
 * answer was that the host can take no requests at all. *Nowhere*: the name has no address. Any other answer, also a 404 or a 500, is a sign
 * of life, and all is forgotten. What is our own trouble (files, threads, proxy) counts for nothing.
 *
 * When a host is down. A list of 1,000,000 URLs with 50,000 on a dead host must not wait for each; a host that resets 30 % of its
 * connections must never be given up; neither must one that is restarted. So:
 *
 * - `hostFailures` silences in a row (20): 0.3^20 is 3 in 100 billion, so the flaky host has one such streak in a billion requests or more;
 * - *and* 10 s between the first and the last: a refused connection takes a millisecond, so 20 of them may be one blink of a host that
 *   restarts. After half of the 20 the host is suspected: at most 4 at once, and none before the retry's delay is over, so that the 10 s cost
 *   some 40 requests and not 10,000;
 * - *and* nothing of it in flight: a server that allows 4 connections and resets the others looks dead for as long as its 4 long transfers
 *   take. Once all else speaks against a host nothing new is begun, and when the last attempt ends without an answer it is down. So 50,000
 *   URLs of a host that refuses cost 36 requests and some 12 s; of one that swallows connections, 20 requests and 21 s (--connect-timeout 10 s);
 * - or 3 times in a row its name has no address: that is definite;
 * - or `hostFailures × tries` busy answers in a row, as many as that many jobs meet in all their tries: whoever waited as told, or longer each
 *   time, and heard nothing else, hears it from the next 50,000 too.
 *
 * One URL alone never gets that far: its 6 attempts are fewer than the 10 of suspicion.
 *
 * Down means: no requests for 30 s, then one (the probe) while the others wait for its answer. If it is bad news again, twice as long, up to
 * 10 min. An attempt begun before that still brings an answer ends it too.
 */
import type { FailureCode } from '../errors.js'

/** Failures in a row of a name that has no address. */
const NOWHERES = 3
/** ms between the first silence of a streak and the one that condemns. */
const STREAK = 10_000
/** Attempts in flight at a suspected host. */
const FEELERS = 4
/** ms a host stays down at first, and at most. */
const DOWN_FIRST = 30_000
const DOWN_MOST = 600_000
/** ms for which bad news about a host without jobs is remembered. */
const MEMORY = 600_000

/** What the end of an attempt says about its host. */
export type Evidence = 'alive' | 'busy' | 'silence' | 'nowhere' | 'nothing'

const EVIDENCE: Partial<Record<FailureCode, Evidence>> = {
  DNS_FAILED: 'silence',
  CONNECT_REFUSED: 'silence',
  CONNECT_FAILED: 'silence',
  RESET: 'silence',
  TIMEOUT_CONNECT: 'silence',
  TIMEOUT_HEADERS: 'silence',
  DNS_NOT_FOUND: 'nowhere',
  HTTP_429: 'busy',
  HTTP_503: 'busy',
  // A content network says that it cannot reach the server behind it.
  HTTP_521: 'busy',
  HTTP_522: 'busy',
  HTTP_523: 'busy',
  // Not the host's doing, or not known whose.
  ADDRESS_REFUSED: 'nothing',
  PROXY_FAILED: 'nothing',
  TIMEOUT_TOTAL: 'nothing',
  WORKER_DIED: 'nothing',
  EMFILE: 'nothing',
  DISK_FULL: 'nothing',
  OUTPUT_DENIED: 'nothing',
  OUTPUT_FAILED: 'nothing',
  STOPPED: 'nothing',
  INTERNAL: 'nothing',
}

export function evidenceOf(code: FailureCode | undefined, redirected = false): Evidence {
  if (code === undefined) return 'alive'
  const evidence = EVIDENCE[code] ?? 'alive'
  // Whoever redirects is alive; the silence is that of another host.
  return redirected && (evidence === 'silence' || evidence === 'nowhere') ? 'alive' : evidence
}

export interface BreakerSettings {
  /** 0: a host is never down. */
  readonly hostFailures: number
  readonly retries: number
}

/** Exists from the first bad news about a host to the next sign of life. */
export class Breaker {
  readonly #settings: BreakerSettings
  #silences = 0
  #silentSince = 0
  #nowheres = 0
  #busies = 0
  /** Bad news since the last sign of life. */
  #heard = 0
  #condemned = false
  /** ms the host is, or was last, down for; 0: it was not. */
  #downFor = 0
  #until = 0
  #probing = false
  #lastAt = 0
  #last: FailureCode | undefined

  constructor(settings: BreakerSettings) {
    this.#settings = settings
  }

  get down(): boolean {
    return this.#downFor > 0
  }

  /** When a host that is down may be probed. */
  get until(): number {
    return this.#until
  }

  /** Whether it is down and the time for a probe has not come. */
  refuses(now: number): boolean {
    return this.down && now < this.#until
  }

  get suspected(): boolean {
    const { hostFailures } = this.#settings
    return hostFailures > 0 && this.#silences >= hostFailures / 2
  }

  /** Whether one more attempt may be in flight beside `inFlight` others. */
  admits(inFlight: number): boolean {
    if (this.down) return !this.#probing
    return !this.#condemned && (!this.suspected || inFlight < FEELERS)
  }

  /** An attempt begins. True: it is the probe, and `hear` wants to know. */
  begin(): boolean {
    if (!this.down) return false
    this.#probing = true
    return true
  }

  /**
   * An attempt ended with anything but a sign of life. `alone`: no other attempt at the host is in flight. True: the host is down, from now
   * on or again.
   */
  hear(
    evidence: Evidence,
    code: FailureCode | undefined,
    now: number,
    { alone, probe }: { alone: boolean; probe: boolean },
  ): boolean {
    if (probe) this.#probing = false
    if (this.#settings.hostFailures === 0) return false
    if (evidence !== 'nothing') this.#count(evidence, code, now)
    // While it is down only the probe speaks; the others began before.
    if (this.down) return probe && evidence !== 'nothing' && this.#lower(now)
    return (this.#nowheres >= NOWHERES || (this.#condemned && alone)) && this.#lower(now)
  }

  /** Why the host is down, for a person. */
  reason(now: number): string {
    const wait = Math.max(1, Math.ceil((this.#until - now) / 1000))
    return `no useful answer to ${this.#heard} requests in a row, the last time ${this.#last}; not asked for ${wait} s`
  }

  /** Until when all this is worth remembering. */
  get memorable(): number {
    return Math.max(this.#until, this.#lastAt + MEMORY)
  }

  #count(evidence: Evidence, code: FailureCode | undefined, now: number): void {
    const { hostFailures, retries } = this.#settings
    this.#last = code
    this.#lastAt = now
    this.#heard++
    if (evidence === 'busy') {
      // An answer, if not a good one.
      this.#busies++
      this.#silences = 0
      this.#nowheres = 0
    } else if (evidence === 'nowhere') {
      this.#nowheres++
    } else {
      if (this.#silences === 0) this.#silentSince = now
      this.#silences++
    }
    this.#condemned =
      (this.#silences >= hostFailures && now - this.#silentSince >= STREAK) || this.#busies >= hostFailures * (retries + 1)
  }

  #lower(now: number): true {
    this.#downFor = this.down ? Math.min(this.#downFor * 2, DOWN_MOST) : DOWN_FIRST
    this.#until = now + this.#downFor
    return true
  }
}
