/** Which kinds of addresses this machine has itself: what to ask for, and what to try first. */
import type { LookupAddress } from 'node:dns'
import { networkInterfaces } from 'node:os'

/** As `os.networkInterfaces` tells them. */
export type Interfaces = () => ReturnType<typeof networkInterfaces>

/** ms for which the answer counts: cables are plugged in, tunnels open. */
const LOOK_EVERY = 10_000

/** Addresses of one name that are kept and tried. */
const MOST = 16

export class OwnAddresses {
  readonly #interfaces: Interfaces
  readonly #now: () => number
  #lookAgainAt = -Infinity
  #ipv6 = false
  #loopback: readonly LookupAddress[] = []

  constructor(interfaces: Interfaces, now: () => number) {
    this.#interfaces = interfaces
    this.#now = now
  }

  /** Whether IPv6 is as good as IPv4 or better: there is an address of the internet of that kind, or none but of that kind. */
  get ipv6(): boolean {
    this.#look()
    return this.#ipv6
  }

  /** What `localhost` is. */
  get loopback(): readonly LookupAddress[] {
    this.#look()
    return this.#loopback
  }

  /**
   * Addresses in the order in which to try them: RFC 6724 and RFC 8305 in simple form. IPv6 first where that is as good, and one of the
   * other kind after each, so that a kind that leads nowhere costs one try. Within a kind the order of the answer stays: servers turn it to
   * spread the load.
   */
  inOrder(ipv4: readonly string[], ipv6: readonly string[]): LookupAddress[] {
    this.#look()
    const four = ipv4.map((address) => ({ address, family: 4 }))
    const six = ipv6.map((address) => ({ address, family: 6 }))
    const [first, second] = this.#ipv6 ? [six, four] : [four, six]
    const mixed: LookupAddress[] = []
    for (let i = 0; i < Math.max(first.length, second.length); i++)
      mixed.push(...first.slice(i, i + 1), ...second.slice(i, i + 1))
    return mixed.slice(0, MOST)
  }

  #look(): void {
    const now = this.#now()
    if (now < this.#lookAgainAt) return
    this.#lookAgainAt = now + LOOK_EVERY
    const all = Object.values(this.#interfaces()).flatMap((addresses) => addresses ?? [])
    const beyond = all.filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address))
    this.#ipv6 = beyond.some(isInternet) || (beyond.length > 0 && beyond.every(({ family }) => family === 'IPv6'))
    this.#loopback = [
      ...(all.some(({ address }) => address === '::1') ? [{ address: '::1', family: 6 }] : []),
      { address: '127.0.0.1', family: 4 },
    ]
  }
}

/** 2000::/3, of which all addresses of the internet are so far. */
const isInternet = ({ address }: { readonly address: string }): boolean => /^[23][\da-f]{3}:/i.test(address)
