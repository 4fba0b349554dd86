/**
 * A list of everything a list has: files of no byte, of a thousand, of a hundred thousand and of three million; answers that never come right,
 * answers that come right the second time; lines that are no URL; names that are taken; one URL twice. Each line knows what must become of it.
 */
import { createHash } from 'node:crypto'
import { syntheticSha256 } from 'halyard/flag-server'

/** What the server does with a path; all in it are faults of the flag server. */
export interface Plan {
  readonly number: number
  readonly size: number
  readonly version?: number
  readonly status?: number
  readonly fail?: number
  readonly framing?: 'length' | 'chunked'
  readonly drip?: number
}

/** One entry of the list. */
export interface Line {
  /** From 0, dense: comments and blank lines have none. */
  readonly id: number
  /** As it stands in the list. */
  readonly text: string
  readonly status: 'ok' | 'not-found' | 'invalid'
  /** Path and query, as the server sees them; none for what is no URL. */
  readonly target?: string
  /** Of `ok`: where it must be, and what. */
  readonly file?: string
  /** Of `ok` in tar shards, which `file` then is. */
  readonly member?: string
  readonly bytes?: number
  readonly sha256?: string
}

export interface HostileList {
  /** The text of the list. */
  readonly text: string
  readonly lines: readonly Line[]
  /** By target. */
  readonly plans: ReadonlyMap<string, Plan>
}

/** How many lines of each sort. */
export interface Mixture {
  readonly empty: number
  readonly small: number
  readonly medium: number
  /** Three megabytes at {@link Mixture.drip} bytes a second, so that most kills find one half done. */
  readonly large: number
  readonly missing: number
  readonly busyFirst: number
  readonly invalid: number
  readonly colliding: number
  readonly twice: number
  /** Bytes a second of the large ones. */
  readonly drip: number
  /** Bytes a second of those of a hundred thousand; default: as fast as it goes. */
  readonly mediumDrip?: number
}

export const MEDIUM = 100_000
export const LARGE = 3_000_000

const INVALID = [
  'not a url',
  'ftp://127.0.0.1/flag.gif',
  'http://',
  'data:,flag',
  'http://127.0.0.1/\u0001',
  `http://${'x'.repeat(66_000)}/`,
]

/** An entry before it has a place in the list: a target, or a text that is none. */
interface Entry {
  readonly target?: string
  readonly text?: string
  readonly plan?: Plan
}

/** Makes the list for a server at `origin`; the same for the same `random`. */
export function hostileList(origin: string, mixture: Mixture, random: () => number): HostileList {
  let next = 0
  const some = (count: number, make: (number: number) => Entry): Entry[] => Array.from({ length: count }, () => make(next++))
  const framing = (): 'length' | 'chunked' => (random() < 0.3 ? 'chunked' : 'length')
  const small = (): number => 500 + Math.floor(random() * 1_500)

  const entries: Entry[] = [
    ...some(mixture.empty, (n) => numbered(n, { size: 0 })),
    ...some(mixture.small, (n) => numbered(n, { size: small(), framing: framing() })),
    ...some(mixture.medium, (n) => numbered(n, { size: MEDIUM, framing: framing(), ...paced(mixture.mediumDrip) })),
    ...some(mixture.large, (n) => numbered(n, { size: LARGE, drip: mixture.drip })),
    ...some(mixture.missing, (n) => numbered(n, { size: 0, status: n % 2 === 0 ? 404 : 410 })),
    ...some(mixture.busyFirst, (n) => numbered(n, { size: small(), status: 503, fail: 1 })),
    ...some(mixture.invalid, (n) => ({ text: INVALID[n % INVALID.length] ?? '' })),
  ]
  // Names that are taken: the same base name in other letters or behind another query, and other bytes under it.
  const named = entries.filter(({ plan }) => plan !== undefined)
  for (let n = 0; n < mixture.colliding; n += 1) {
    const { plan } = pick(named, random)
    if (plan === undefined) continue
    const big = n % 3 === 0
    const target = `/n/${plan.number}.${big ? 'BIN' : 'bin'}?again=${n}`
    // The server knows numbers only by .bin; elsewhere it serves file number 0.
    entries.push({ target, plan: { number: big ? 0 : plan.number, size: small(), version: n + 1 } })
  }
  const plain = entries.filter(({ plan }) => plan !== undefined && plan.status === undefined && plan.drip === undefined)
  for (let n = 0; n < mixture.twice; n += 1) entries.push(pick(plain, random))

  return written(origin, shuffled(entries, random))
}

const paced = (drip: number | undefined): Pick<Plan, 'drip'> => (drip === undefined ? {} : { drip })

const numbered = (number: number, plan: Omit<Plan, 'number'>): Entry => ({
  target: `/n/${number}.bin`,
  plan: { number, ...plan },
})

function written(origin: string, entries: readonly Entry[]): HostileList {
  const plans = new Map<string, Plan>()
  const taken = new Set<string>()
  const text: string[] = ['# made for a test']
  const lines = entries.map((entry, id): Line => {
    const line = lineOf(origin, entry, id, taken)
    if (entry.target !== undefined && entry.plan !== undefined) plans.set(entry.target, entry.plan)
    if (id % 50 === 0) text.push('', '# not an entry')
    text.push(line.text)
    return line
  })
  return { text: `${text.join('\n')}\n`, lines, plans }
}

function lineOf(origin: string, { target, text = '', plan }: Entry, id: number, taken: Set<string>): Line {
  if (target === undefined || plan === undefined) return { id, text, status: 'invalid' }
  const wanted = target.slice(target.lastIndexOf('/') + 1).replace(/\?.*/, '')
  // The first line with a name gets it; later ones get their number before the extension.
  const file = taken.has(wanted.toLowerCase()) ? wanted.replace(/(?=\.\w+$)/, `-${id + 1}`) : wanted
  taken.add(file.toLowerCase())
  const line = { id, text: `${origin}${target}`, target }
  if (plan.status !== undefined && plan.fail === undefined) return { ...line, status: 'not-found' }
  return { ...line, status: 'ok', file, bytes: plan.size, sha256: plan.size === 0 ? EMPTY : syntheticSha256(plan) }
}

const EMPTY = createHash('sha256').digest('hex')

function pick<T>(from: readonly T[], random: () => number): T {
  const one = from[Math.floor(random() * from.length)]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
