import type { Status } from '../outcome.js'
import { hostKey } from '../schedule/host-key.js'
import { HeavyHitters } from './heavy-hitters.js'

/** Codes are a closed set and the statuses of HTTP; a journal that was edited may say anything. */
const MOST_CODES = 2_048
/** A million URLs may name two hundred thousand hosts. */
const MOST_HOSTS = 4_096
const SHOWN_HOSTS = 20

/** Why lines have no file, counted as outcomes come; in memory that does not grow with them. */
export class FailureCounts {
  readonly #codes = new HeavyHitters(MOST_CODES)
  readonly #hosts = new HeavyHitters(MOST_HOSTS)

  /** One more record. Of `url` only scheme and host are looked at. */
  add(status: Status, code: string | undefined, url: string): void {
    if (status !== 'error' && status !== 'not-found' && status !== 'invalid') return
    this.#codes.add(code ?? status)
    this.#hosts.add(hostOf(url))
  }

  /** All that is known. */
  save(): SavedFailureCounts {
    return { codes: this.#codes.top(MOST_CODES), hosts: this.#hosts.top(MOST_HOSTS), hostsExact: this.#hosts.exact }
  }

  /** Puts back what was saved; before anything is added. */
  restore({ codes, hosts, hostsExact }: SavedFailureCounts): void {
    this.#codes.restore(codes, true)
    this.#hosts.restore(hosts, hostsExact)
  }

  /** How often each code came, of lines with status `error`, `not-found` and `invalid`; the most frequent first. */
  get byCode(): readonly (readonly [code: string, count: number])[] {
    return this.#codes.top(MOST_CODES)
  }

  /** The twenty hosts (with port, where there is one) with the most of these lines; `(no host)` stands for what is no URL. */
  get byHost(): readonly (readonly [host: string, count: number])[] {
    return this.#hosts.top(SHOWN_HOSTS)
  }

  /** Whether the counts of hosts are exact: they may be too low when more than four thousand hosts failed. */
  get hostsExact(): boolean {
    return this.#hosts.exact
  }
}

/** For every line that failed, so no `new URL`: the URLs of records are normalised. */
function hostOf(url: string): string {
  const key = hostKey(url)
  const host = key.slice(key.indexOf('://') + 3)
  return key.includes('://') && host !== '' ? host : '(no host)'
}

/** Counts as they are kept in a file. */
export interface SavedFailureCounts {
  readonly codes: readonly (readonly [string, number])[]
  readonly hosts: readonly (readonly [string, number])[]
  readonly hostsExact: boolean
}
