import { hostKey } from './host-key.js'
import { Host } from './host.js'

/** Hosts remembered without a job. */
const REMEMBERED = 10_000

/**
 * The hosts that have jobs, and those whose state must outlive them: one that is cooling, paced or suspected. Of the latter there are at most
 * 10,000; beyond that the one that has been without jobs the longest is forgotten, and may be asked earlier than it should.
 */
export class Hosts {
  readonly #hosts = new Map<string, Host>()
  /** In the order in which they lost their last job. */
  readonly #idle = new Set<Host>()
  readonly #onNew: (key: string) => void

  /** `onNew` is told of every host that was not known, or not any more. */
  constructor(onNew: (key: string) => void) {
    this.#onNew = onNew
  }

  values(): IterableIterator<Host> {
    return this.#hosts.values()
  }

  /** The host that `url` is requested from, made when there is none. */
  of(url: string): Host {
    const key = hostKey(url)
    const known = this.#hosts.get(key)
    if (known !== undefined) {
      if (this.#idle.size > 0) this.#idle.delete(known)
      return known
    }
    const host = new Host(key)
    this.#hosts.set(key, host)
    this.#onNew(key)
    return host
  }

  /** Whether the host of `url` is known to be down. */
  refuses(url: string, now: number): boolean {
    return this.#hosts.get(hostKey(url))?.refuses(now) === true
  }

  /** Nothing of `host` is waiting or in flight. */
  rest(host: Host, now: number): void {
    if (host.memorable <= now) {
      this.#hosts.delete(host.key)
      this.#idle.delete(host)
      return
    }
    this.#idle.add(host)
    for (const oldest of this.#idle) {
      if (oldest.memorable > now && this.#idle.size <= REMEMBERED) break
      this.#hosts.delete(oldest.key)
      this.#idle.delete(oldest)
    }
  }
}
