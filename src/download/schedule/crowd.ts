/** Crowd: how many may be in flight, at a host and altogether, where that is not fixed. What it learns, it learns from the ends of attempts. */
import { evidenceOf } from './breaker.js'
import type { Host } from './host.js'
import { HOST_START, HostControl } from './host-control.js'
import { Knee } from './knee.js'
import type { AttemptEnd } from './ticket.js'

/** In flight altogether, at first. */
const START = 64
/** Bytes that are as much work as one request more. */
const BYTES = 65_536

export interface CrowdSettings {
  readonly concurrency: number
  readonly autoConcurrency?: boolean
  readonly perHost: number
  readonly autoPerHost?: boolean
  readonly requestsPerJob?: number
}

/** What was so until the attempt ended, itself included. */
export interface Before {
  /** In flight altogether, and at its host. */
  readonly inFlight: number
  readonly atHost: number
  /** ms, when it began. */
  readonly began: number
}

export class Crowd {
  /** In flight at a host of which nothing is known. */
  readonly perHost: number
  readonly #autoPerHost: boolean
  readonly #perHostMost: number
  readonly #load: () => number
  readonly #overall: Knee | undefined
  #most: number

  /** `load`: how busy this side is, from 0 to 1. */
  constructor(settings: CrowdSettings, load: () => number) {
    const { concurrency, autoConcurrency = false, perHost, autoPerHost = false, requestsPerJob = 1 } = settings
    this.#load = load
    this.#most = concurrency
    this.#overall = autoConcurrency ? new Knee({ start: Math.ceil(START / requestsPerJob), most: concurrency, load }) : undefined
    this.#autoPerHost = autoPerHost
    this.#perHostMost = perHost
    this.perHost = autoPerHost ? Math.min(Math.ceil(HOST_START / requestsPerJob), perHost) : perHost
  }

  /** In flight altogether. */
  get limit(): number {
    return this.#overall?.level ?? this.#most
  }

  /** No more than that altogether from now on. */
  setMost(most: number): void {
    this.#most = most
    this.#overall?.setMost(most)
  }

  /** A request to the host begins: when the next one may. */
  following(host: Host, due: number, now: number): number {
    if (host.since === 0) host.since = now
    return host.control?.rate?.following(due, now) ?? 0
  }

  /** An attempt ended, and what it means for host and job has been seen to. */
  ended(host: Host, end: AttemptEnd, { inFlight, atHost, began }: Before, now: number): void {
    if (!this.#autoPerHost && this.#overall === undefined) return
    const { code, redirected = false, bytes = 0, connect = 0 } = end
    const took = Math.max(0, now - began - connect)
    const work = 1 + bytes / BYTES
    if (this.#overall !== undefined && code === undefined) {
      // What a single host can take is found out there.
      const full = inFlight >= this.#overall.level && atHost * 2 <= inFlight
      this.#overall.ended({ began, took, work, full }, now)
    }
    if (!this.#autoPerHost) return
    const full = atHost >= host.most(this.perHost)
    if (host.control === undefined && !full && evidenceOf(code, redirected) !== 'busy') {
      host.accepted++
      return
    }
    host.control ??= new HostControl({ start: this.perHost, most: this.#perHostMost, load: this.#load }, host)
    const { control } = host
    control.ended({ began, took, work, full, code, redirected, inFlight: atHost, resumeAt: host.coolUntil }, now)
    this.#overall?.lift(control.level, now)
  }
}
