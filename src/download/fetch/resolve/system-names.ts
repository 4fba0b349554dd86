/**
 * The system's own way to find a name (getaddrinfo), which knows more than name servers: search domains, mDNS, names of containers, whatever
 * else the machine is configured for. It blocks a thread for as long as it takes, so two names at most are asked for at once.
 */
import { lookup as getaddrinfo, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { Answer, Answered } from './answer.js'

/** Node.js gives `dns.lookup` two of libuv's threads; more would only wait there. */
const AT_ONCE = 2

const NO_SUCH_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NODATA', 'EAI_NONAME'])

export class SystemNames {
  readonly #lookup: LookupFunction
  readonly #waiting: { readonly name: string; readonly done: Answered }[] = []
  #running = 0

  constructor(lookup: LookupFunction = getaddrinfo) {
    this.#lookup = lookup
  }

  ask(name: string, done: Answered): void {
    this.#waiting.push({ name, done })
    this.#next()
  }

  /** Who waits and can do without an answer after `patience` ms is told so; then what comes later is not heard. */
  askFor(patience: number, name: string, done: Answered): void {
    let ended = false
    const end = (answer: Answer): void => {
      if (ended) return
      ended = true
      clearTimeout(timer)
      done(answer)
    }
    const entry = { name, done: end }
    const timer = setTimeout(() => {
      const at = this.#waiting.indexOf(entry)
      if (at >= 0) this.#waiting.splice(at, 1)
      end({ is: 'failed', why: `nothing within ${patience} ms`, silence: true })
    }, patience)
    this.#waiting.push(entry)
    this.#next()
  }

  /** Whoever still waits for its turn is told that nothing comes. */
  cancel(): void {
    for (const { done } of this.#waiting.splice(0)) done({ is: 'failed', why: 'cancelled', silence: false })
  }

  #next(): void {
    if (this.#running >= AT_ONCE) return
    const entry = this.#waiting.shift()
    if (entry === undefined) return
    this.#running++
    this.#lookup(entry.name, { all: true }, (error, found) => {
      this.#running--
      entry.done(error === null ? told(found as unknown as LookupAddress[]) : refused(error))
      this.#next()
    })
  }
}

const told = (addresses: readonly LookupAddress[]): Answer =>
  addresses.length === 0 ? { is: 'denied', exists: true } : { is: 'found', addresses, ttl: undefined }

const refused = ({ code = '', message }: NodeJS.ErrnoException): Answer =>
  NO_SUCH_NAME.has(code) ? { is: 'denied', exists: false } : { is: 'failed', why: code === '' ? message : code, silence: false }
