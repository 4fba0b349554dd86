/** PublicNames: which names led to the public internet, and so may lead nowhere else any more ("DNS rebinding"). */
import type { Admits } from './address-guard.js'
import { KnownNames } from './resolve/known-names.js'

/** Names that are remembered; of more, the one that was not asked for the longest is forgotten. */
const NAMES = 10_000

export class PublicNames {
  readonly #isPublic: Admits
  readonly #names = new KnownNames<true>(NAMES)

  constructor(isPublic: Admits) {
    this.#isPublic = isPublic
  }

  /**
   * A connection to a host was made. What its name server says is no reason yet: of a public and a private address the public one may be
   * out of reach from here.
   */
  reached(hostname: string, address: string): void {
    // An address that was named itself leads to itself.
    if (address !== hostname && this.#isPublic(address)) this.#names.set(hostname, true, Infinity)
  }

  /** Who judges the addresses of this host from now on. Undefined: they may be any. */
  judgeOf(hostname: string): Admits | undefined {
    return this.#names.get(hostname, 0) === undefined ? undefined : this.#isPublic
  }
}
