/**
 * The name servers, asked by c-ares: on the event loop, not in libuv's four threads, of which `dns.lookup` may use two.
 *
 * c-ares repeats a question that is not answered, to each server in turn, and over TCP what did not fit into UDP. An answer that says "I
 * cannot" (SERVFAIL, REFUSED, …) it hands on; the next server is asked then by us. So there is one channel for each server, and in each
 * another server is the first.
 */
import { type RecordWithTtl, Resolver } from 'node:dns'
import type { Answered } from './answer.js'

/** ms after which a question is asked again for the first time; each further time twice as long. c-ares shortens it for quick servers. */
const FIRST_WAIT = 500
/** Rounds through 1, 2 and 3 servers: 7.5, 7 and 4.5 s until nobody has answered. */
const ROUNDS = [4, 3, 2] as const
/** ms after which the settings of the system are read again: networks come and go. */
const RENEW = 30_000

const DENIED: Readonly<Record<string, { readonly exists: boolean }>> = {
  ENOTFOUND: { exists: false },
  ENODATA: { exists: true },
  // No server needs to be asked: a label is empty, or too long.
  EBADNAME: { exists: false },
  ENONAME: { exists: false },
}

/** The server answered, but another may know more. */
const UNABLE: ReadonlySet<string> = new Set(['ESERVFAIL', 'EREFUSED', 'ENOTIMP', 'EFORMERR', 'EBADRESP'])
/** No server answered. */
const SILENT: ReadonlySet<string> = new Set(['ETIMEOUT', 'ECONNREFUSED'])

/** Those the system is configured with. */
export function configuredServers(): readonly string[] {
  return new Resolver().getServers()
}

export class NameServers {
  readonly #servers: () => readonly string[]
  readonly #now: () => number
  #channels: readonly Resolver[] = []
  /** Those before, which may still have questions. */
  #former: readonly Resolver[] = []
  #renewAt = -Infinity
  #asked = 0

  /** @param servers `address` or `address:port`, `[address]:port` for IPv6; asked every 30 s */
  constructor(servers: () => readonly string[], now: () => number) {
    this.#servers = servers
    this.#now = now
  }

  /** Questions sent, those to a second server among them. */
  get asked(): number {
    return this.#asked
  }

  /** Asks for the addresses of one family. Addresses that are found are in the order of the answer. */
  ask(name: string, family: 4 | 6, done: Answered): void {
    if (this.#now() >= this.#renewAt) this.#open()
    this.#ask(this.#channels, 0, name, family, done)
  }

  /** Every question that is not answered fails. */
  cancel(): void {
    for (const channel of [...this.#former, ...this.#channels]) channel.cancel()
  }

  #ask(channels: readonly Resolver[], turn: number, name: string, family: 4 | 6, done: Answered): void {
    const answered = (error: NodeJS.ErrnoException | null, records: readonly RecordWithTtl[]): void => {
      if (error === null) {
        done({
          is: 'found',
          addresses: records.map(({ address }) => ({ address, family })),
          ttl: Math.min(...records.map(({ ttl }) => ttl)) * 1000,
        })
        return
      }
      const code = error.code ?? error.message
      const denied = DENIED[code]
      if (denied !== undefined) done({ is: 'denied', exists: denied.exists })
      else if (UNABLE.has(code) && turn + 1 < channels.length) this.#ask(channels, turn + 1, name, family, done)
      else done({ is: 'failed', why: code, silence: SILENT.has(code) })
    }
    const channel = channels[turn] as Resolver
    this.#asked++
    try {
      if (family === 4) channel.resolve4(name, { ttl: true }, answered)
      else channel.resolve6(name, { ttl: true }, answered)
    } catch (error) {
      answered(error as Error, [])
    }
  }

  #open(): void {
    const servers = this.#servers()
    const tries = ROUNDS[Math.min(servers.length, ROUNDS.length) - 1] ?? ROUNDS[0]
    this.#former = this.#channels
    this.#channels = servers.slice(0, ROUNDS.length).map((_, first) => {
      const channel = new Resolver({ timeout: FIRST_WAIT, tries })
      // The first order is that of a new channel already; so what the system says, such as fe80::1%eth0, need not be read back.
      const order = [...servers.slice(first), ...servers.slice(0, first)]
      if (order.join() !== channel.getServers().join()) channel.setServers(order)
      return channel
    })
    if (this.#channels.length === 0) this.#channels = [new Resolver({ timeout: FIRST_WAIT, tries })]
    this.#renewAt = this.#now() + RENEW
  }
}
