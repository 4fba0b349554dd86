import type { Breaker } from './breaker.js'
import type { Entry } from './entry.js'
import { Heap } from './heap.js'
import type { HeapItem } from './heap.js'
import type { HostControl } from './host-control.js'
import type { RingItem } from './ring.js'

/** One host: the jobs that wait for it, and when it may be asked again. */
export class Host implements HeapItem, RingItem<Host> {
  /** scheme://name:port */
  readonly key: string
  /** Requests in flight. */
  inFlight = 0
  /** ms, until when it is to be left alone: it said so, or it is in trouble. */
  coolUntil = 0
  /** ms, the next start that its pace allows. */
  dueAt = 0
  /** ms, of the first request; and the answers since that were no refusals. */
  since = 0
  accepted = 0
  /** What was found out about how much it takes; undefined: nothing yet, or that is fixed. */
  control: HostControl | undefined
  /** Only while there is bad news. */
  breaker: Breaker | undefined
  /** Where it stands, and what it needs there. */
  line: { remove(host: Host): void } | undefined
  at = 0
  slot = 0
  before: Host | undefined
  after: Host | undefined
  /** New jobs, first in first out, linked through `Entry.next`. */
  #first: Entry | undefined
  #last: Entry | undefined
  #fresh = 0
  /** Jobs that failed, by the end of their delay. */
  #retries: Heap<Entry> | undefined

  constructor(key: string) {
    this.key = key
  }

  /** Jobs that wait for it. */
  get waiting(): number {
    return this.#fresh + (this.#retries?.size ?? 0)
  }

  push(entry: Entry): void {
    if (this.#last === undefined) this.#first = entry
    else this.#last.next = entry
    this.#last = entry
    this.#fresh++
  }

  /** Waits until `entry.at`, then goes before the new ones. */
  pushRetry(entry: Entry): void {
    this.#retries ??= new Heap()
    this.#retries.push(entry)
  }

  /** The job whose turn it is; a retry only when its delay is over. */
  take(now: number): Entry | undefined {
    const retry = this.#retries?.first
    if (retry !== undefined && retry.at <= now) {
      this.#retries?.remove(retry)
      return retry
    }
    const entry = this.#first
    if (entry === undefined) return undefined
    this.#first = entry.next
    if (this.#first === undefined) this.#last = undefined
    entry.next = undefined
    this.#fresh--
    return entry
  }

  /** How many may be in flight: what was found out, or else `perHost`. */
  most(perHost: number): number {
    return this.control?.level ?? perHost
  }

  /** When the next job may start, as far as time decides; `Infinity`: only when an attempt ends, or never. */
  opensAt(perHost: number): number {
    if (this.inFlight >= this.most(perHost) || this.breaker?.admits(this.inFlight) === false) return Infinity
    const open = Math.max(this.coolUntil, this.dueAt)
    if (this.#fresh > 0) return open
    const retry = this.#retries?.first
    return retry === undefined ? Infinity : Math.max(open, retry.at)
  }

  refuses(now: number): boolean {
    return this.breaker?.refuses(now) === true
  }

  /** Until when it is worth remembering, though nothing of it is waiting or in flight. */
  get memorable(): number {
    return Math.max(this.coolUntil, this.dueAt, this.breaker?.memorable ?? 0, this.control?.memorable ?? 0)
  }
}
