import { Heap } from './heap.js'
import type { Host } from './host.js'
import { Ring } from './ring.js'

/**
 * Where the hosts with jobs stand: *ready* to start one, *closed* until a time, or *doomed*, when they are down and their jobs are refused.
 * A host that waits for one of its own attempts to end stands nowhere.
 */
export class Lines {
  readonly #ready = new Ring<Host>()
  readonly #closed = new Heap<Host>()
  readonly #doomed = new Ring<Host>()
  readonly #perHost: number

  constructor(perHost: number) {
    this.#perHost = perHost
  }

  /** The host whose turn it is. */
  get ready(): Host | undefined {
    return this.#ready.first
  }

  /** When the next closed host opens. */
  get opensAt(): number | undefined {
    return this.#closed.first?.at
  }

  /** A host with a job to refuse. Those that may be probed by now are none. */
  doomed(now: number): Host | undefined {
    let host = this.#doomed.first
    for (; host?.refuses(now) === false; host = this.#doomed.first) this.place(host, now)
    return host
  }

  /** Opens every closed host whose time has come. */
  wake(now: number): void {
    for (let host = this.#closed.first; host !== undefined && host.at <= now; host = this.#closed.first) this.place(host, now)
  }

  /** Puts a host where it belongs; to be called after everything that happens to it. It keeps its turn if it has one. */
  place(host: Host, now: number): void {
    if (host.waiting === 0) {
      this.#stand(host, undefined)
    } else if (host.refuses(now)) {
      this.#stand(host, this.#doomed)
    } else {
      const at = host.opensAt(this.#perHost)
      if (at <= now) this.#stand(host, this.#ready)
      else this.#close(host, at)
    }
  }

  /** The host had its turn: the others come first now. */
  turn(host: Host, now: number): void {
    this.#stand(host, undefined)
    this.place(host, now)
  }

  #close(host: Host, at: number): void {
    if (host.line === this.#closed && host.at === at) return
    this.#stand(host, undefined)
    host.at = at
    if (at < Infinity) this.#stand(host, this.#closed)
  }

  #stand(host: Host, line: Ring<Host> | Heap<Host> | undefined): void {
    if (host.line === line) return
    host.line?.remove(host)
    host.line = line
    line?.push(host)
  }
}
