/**
 * Resolver: from the name of a host to its addresses.
 *
 *   literal ─▶ --resolve ─▶ localhost ─▶ hosts file ─▶ known? asked already? ─▶ name servers ─▶ the system, where these know nothing
 *
 * `dns.lookup` does all of that in two threads, one name at a time each, and remembers nothing: a list of many hosts waits for it. Here
 * names are asked for on the event loop, each once for as long as its answer holds, and never twice at the same time.
 *
 * Guarantees: every call is answered once, with addresses or with DNS_NOT_FOUND (final) or DNS_FAILED (worth another try); what is
 * remembered is bounded. Whether an address may be connected to is not judged here, but by `directDial`, each time and of the very address.
 */
import type { LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { networkInterfaces } from 'node:os'
import { DownloadError, type FailureCode } from '../../errors.js'
import { Ahead } from './ahead.js'
import type { Answer, Answered } from './answer.js'
import { askBoth } from './both-families.js'
import type { FixedAddresses } from './fixed-addresses.js'
import { HOSTS_FILE, HostsFile } from './hosts-file.js'
import { KnownNames } from './known-names.js'
import { configuredServers, NameServers } from './name-servers.js'
import { type Interfaces, OwnAddresses } from './own-addresses.js'
import { SystemNames } from './system-names.js'

/** Names that are remembered. */
const NAMES = 10_000
/** Names asked for at once; and the share of those that nobody needs yet. */
const AT_ONCE = 256
const AHEAD_AT_ONCE = 16
/** ms for which an answer counts, whatever its TTL says. */
const SHORTEST = 1_000
const LONGEST = 3_600_000
/** The same where no TTL was said. */
const FOUND = 60_000
const DENIED = 30_000
/** Less than the shortest wait before a retry: what fails is asked once by all who need it now, and anew by the next attempt. */
const FAILED = 400
/** ms for which name servers that never answered are left alone, once the system has shown that it does without them. */
const MUTE = 60_000

/** What the resolver takes from the world around it; tests hand in their own. Times in ms. */
export interface ResolverParts {
  /** Monotonic. */
  readonly now: () => number
  /** Servers to be asked instead of those of the system; the system itself is not asked then either. */
  readonly servers?: readonly string[] | undefined
  readonly fixed?: readonly FixedAddresses[] | undefined
  /** The servers of the system. @default those of c-ares: resolv.conf, registry, … */
  readonly configured?: () => readonly string[]
  readonly hostsFile?: string
  readonly interfaces?: Interfaces
  /** @default dns.lookup */
  readonly system?: LookupFunction
  /** How long IPv4 addresses wait for those of IPv6. @default 50 */
  readonly familyPatience?: number
  /** How long the no of a name server waits for the system, which may know better. @default 3_000 */
  readonly systemPatience?: number
}

/** Called once: with addresses in the order in which to try them, at least one, or with an error. May be called before the call returns. */
export type Resolved = (error: Error | null, addresses: readonly LookupAddress[]) => void

type Known = readonly LookupAddress[] | { readonly code: FailureCode; readonly why: string }

export class Resolver {
  readonly #parts: ResolverParts
  readonly #given: boolean
  readonly #hosts: HostsFile
  readonly #own: OwnAddresses
  readonly #servers: NameServers
  readonly #system: SystemNames
  readonly #known = new KnownNames<Known>(NAMES)
  /** Who waits for the answer about a name; first those that are asked for, then those for which there was no room yet. */
  readonly #asking = new Map<string, Resolved[]>()
  readonly #waiting: string[] = []
  readonly #ahead = new Ahead()
  #running = 0
  /** Whether a name server ever answered; and until when they are left alone because none did. */
  #heard = false
  #muteUntil = -Infinity
  #closed = false

  constructor(parts: ResolverParts) {
    const { now, servers, hostsFile = HOSTS_FILE, interfaces = networkInterfaces, system, configured = configuredServers } = parts
    this.#parts = parts
    this.#given = servers !== undefined
    this.#hosts = new HostsFile(hostsFile, now)
    this.#own = new OwnAddresses(interfaces, now)
    this.#servers = new NameServers(servers === undefined ? configured : () => servers, now)
    this.#system = new SystemNames(system)
  }

  /** Questions sent to name servers so far. */
  get questions(): number {
    return this.#servers.asked
  }

  /** @param host without brackets */
  resolve(host: string, port: number, done: Resolved): void {
    const name = canonical(host)
    const given = this.#withoutAsking(name, port)
    if (given !== undefined) {
      done(null, given)
      return
    }
    this.#ahead.use(name)
    const known = this.#known.get(name, this.#parts.now())
    if (known !== undefined) tell(done, name, known)
    else this.#join(name, done)
    this.#askAhead()
  }

  /** The name will be needed soon: asks for it when there is nothing more urgent. */
  prefetch(host: string, port: number): void {
    const name = canonical(host)
    // The system finds names one by one: those that wait are not to be kept from it by those that do not.
    if (this.#closed || this.#isForSystem(name) || !this.#isUnknown(name) || this.#withoutAsking(name, port) !== undefined) return
    this.#ahead.want(name)
    this.#askAhead()
  }

  /** Ends every question. Idempotent. */
  close(): void {
    this.#closed = true
    this.#ahead.clear()
    this.#servers.cancel()
    this.#system.cancel()
  }

  #withoutAsking(name: string, port: number): readonly LookupAddress[] | undefined {
    const family = isIP(name)
    if (family !== 0) return [{ address: name, family }]
    const fixed = this.#parts.fixed?.findLast((one) => one.port === port && (one.host === name || one.host === '*'))
    if (fixed !== undefined) return fixed.addresses
    // RFC 6761: that is this machine, whatever a server says.
    if (name === 'localhost' || name.endsWith('.localhost')) return this.#own.loopback
    return this.#hosts.addressesOf(name)
  }

  #join(name: string, done?: Resolved): void {
    const others = this.#asking.get(name)
    if (others !== undefined) {
      if (done !== undefined) others.push(done)
      return
    }
    this.#asking.set(name, done === undefined ? [] : [done])
    if (this.#running < AT_ONCE) this.#begin(name)
    else this.#waiting.push(name)
  }

  #askAhead(): void {
    const isOver = (name: string): boolean => this.#isUnknown(name)
    while (this.#running < AHEAD_AT_ONCE) {
      const name = this.#ahead.next(isOver)
      if (name === undefined) return
      this.#join(name)
    }
  }

  /** Neither known nor asked for. */
  #isUnknown(name: string): boolean {
    return !this.#asking.has(name) && !this.#known.has(name, this.#parts.now())
  }

  #begin(name: string): void {
    this.#running++
    this.#ask(name, (answer) => {
      this.#running--
      this.#learn(name, answer)
      const next = this.#waiting.shift()
      if (next !== undefined) this.#begin(next)
      else this.#askAhead()
    })
  }

  #learn(name: string, answer: Answer): void {
    const [known, time] = lesson(answer)
    this.#known.set(name, known, this.#parts.now() + time)
    const waiting = this.#asking.get(name)
    this.#asking.delete(name)
    for (const done of waiting ?? []) tell(done, name, known)
  }

  // Whom to ask

  #ask(name: string, done: Answered): void {
    const { now, familyPatience = 50, systemPatience = 3_000 } = this.#parts
    if (this.#isForSystem(name) || now() < this.#muteUntil) {
      this.#system.ask(name, done)
      return
    }
    askBoth(this.#servers, this.#own, familyPatience, name, (answer) => {
      const isSilence = answer.is === 'failed' && answer.silence
      if (!isSilence) this.#heard = true
      if (this.#given || this.#closed || answer.is === 'found') done(answer)
      // The name may be one of a search domain, a tunnel, a container: then the system finds it. Its no is not waited for.
      else if (answer.is === 'denied')
        this.#system.askFor(systemPatience, name, (other) => done(other.is === 'found' ? other : answer))
      else if (this.#heard) done(answer)
      else this.#system.ask(name, (other) => done(this.#insteadOf(answer, other)))
    })
  }

  /** Names that are not those of a name server: without a dot (search domains, RFC 6761), and of mDNS (RFC 6762). */
  #isForSystem(name: string): boolean {
    return !this.#given && (!name.includes('.') || name.endsWith('.local'))
  }

  /** What the system says where no name server ever answered: there may be none that we could ask. */
  #insteadOf(silence: Answer, other: Answer): Answer {
    if (other.is === 'failed') return silence
    this.#muteUntil = this.#parts.now() + MUTE
    return other
  }
}

/** A dot at the end says that the name is whole. Names without another dot keep it: for the system it makes a difference. */
function canonical(host: string): string {
  const name = host.toLowerCase()
  return name.endsWith('.') && (name.indexOf('.') < name.length - 1 || name === 'localhost.') ? name.slice(0, -1) : name
}

/** What is remembered of an answer, and for how many ms. */
function lesson(answer: Answer): readonly [Known, number] {
  if (answer.is === 'found') {
    const { addresses, ttl = FOUND } = answer
    return [addresses, Math.min(Math.max(ttl, SHORTEST), LONGEST)]
  }
  if (answer.is === 'denied') return [{ code: 'DNS_NOT_FOUND', why: answer.exists ? 'has no address' : 'does not exist' }, DENIED]
  return [{ code: 'DNS_FAILED', why: `could not be looked up: ${answer.why}` }, FAILED]
}

function tell(done: Resolved, name: string, known: Known): void {
  if ('code' in known) done(new DownloadError(known.code, `${name} ${known.why}`), [])
  else done(null, known)
}
