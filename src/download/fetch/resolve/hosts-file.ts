/** The hosts file: names that the owner of this machine gives addresses to. Read when first needed, and again when it has changed. */
import type { LookupAddress } from 'node:dns'
import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'

export const HOSTS_FILE: string = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts'

/** ms for which the file is not looked at again. */
const LOOK_EVERY = 5_000

export class HostsFile {
  readonly #path: string
  readonly #now: () => number
  #lookAgainAt = -Infinity
  #state = ''
  #names: ReadonlyMap<string, readonly LookupAddress[]> = new Map()

  constructor(path: string, now: () => number) {
    this.#path = path
    this.#now = now
  }

  /** @param name in lower case, without a dot at its end */
  addressesOf(name: string): readonly LookupAddress[] | undefined {
    if (this.#now() >= this.#lookAgainAt) this.#look()
    return this.#names.get(name)
  }

  /** A file that is not there, or may not be read, names nobody. */
  #look(): void {
    this.#lookAgainAt = this.#now() + LOOK_EVERY
    try {
      const { mtimeMs, size, ino } = statSync(this.#path)
      const state = `${mtimeMs} ${size} ${ino}`
      if (state === this.#state) return
      this.#names = parseHosts(readFileSync(this.#path, 'latin1'))
      this.#state = state
    } catch {
      this.#names = new Map()
      this.#state = ''
    }
  }
}

/** An address and its names on each line, `#` before a comment. A name that stands on several lines has all of their addresses. */
export function parseHosts(text: string): Map<string, LookupAddress[]> {
  const all = new Map<string, LookupAddress[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    const family = isIP(address)
    if (family === 0) continue
    for (const written of names) {
      const name = written.toLowerCase().replace(/\.$/, '')
      const addresses = all.get(name)
      if (addresses === undefined) all.set(name, [{ address, family }])
      else if (!addresses.some((known) => known.address === address)) addresses.push({ address, family })
    }
  }
  return all
}
