// The hosts and their URLs, the same on every machine: what each host does follows from its name, what a URL holds from the URL. So whoever
// plays the hosts, whoever checks the records and the oracle need not tell each other anything.

/** Hosts per URL: 18,000 for 100,000. */
const hostsPerUrl = 0.18

/**
 * Shares of the hosts, in percent; all others are well. `refused`: nothing listens at their address. `unknown`: the name does not exist.
 * `drip`: the body comes in small pieces, and is whole in the end. `stall`: the same, but a byte comes so seldom that it never ends.
 * `cut`: the connection is closed in the middle of the body.
 * @typedef {'well' | 'refused' | 'unknown' | 'drip' | 'stall' | 'cut'} Kind
 * @type {[Kind, number][]}
 */
const shares = [
  ['refused', 3],
  ['unknown', 2],
  ['drip', 2],
  ['stall', 1],
  ['cut', 2],
]

/** What is expected of the record of a URL: one of these codes; none for what must be there, whole. */
export const codes = {
  well: [],
  drip: [],
  refused: ['CONNECT_REFUSED', 'HOST_DOWN'],
  unknown: ['DNS_NOT_FOUND', 'HOST_DOWN'],
  stall: ['TIMEOUT_STALL', 'TIMEOUT_SLOW'],
  cut: ['TRUNCATED'],
}

/** ms to the first byte, at scale 1: as many hosts between 20 and 40 as between 1,000 and 2,000. */
const [fastest, slowest] = [20, 2000]
/** ms that the body of a `drip` takes, in so many pieces. */
export const drip = { time: 6000, pieces: 20 }
/** ms without a byte that are allowed: the default of --stall-timeout. `stall` sends one half as often. */
export const stallTimeout = 30_000

/**
 * One attempt at a host, if nothing costs anything but what the host takes: how many ms, and how it ends.
 * @returns {{ time: number, code: string | undefined }}
 */
export function attemptAt(host, scale) {
  const kind = kindOf(host)
  const [code] = codes[kind]
  if (kind === 'refused' || kind === 'unknown') return { time: 0, code }
  const body = kind === 'stall' ? stallTimeout : kind === 'drip' ? (drip.time / drip.pieces) * (drip.pieces - 1) : 0
  return { time: (latencyOf(host) + body) * scale, code }
}

const domain = 'many-hosts.test'
/** Where the hosts are. So many addresses that no pair of them runs out of ports, however many connections have just ended. */
export const listening = Array.from({ length: 64 }, (_, index) => `127.77.1.${index + 1}`)
const nobody = '127.78.1.1'

/** @param {string} host @returns {Kind} */
export function kindOf(host) {
  let left = fraction(`kind ${host}`) * 100
  return shares.find(([, percent]) => (left -= percent) < 0)?.[0] ?? 'well'
}

/** ms, at scale 1. */
export const latencyOf = (host) => fastest * (slowest / fastest) ** fraction(`latency ${host}`)

/** What the name server says; undefined: there is no such name. */
export function addressOf(host) {
  const kind = kindOf(host)
  if (!host.endsWith(domain) || kind === 'unknown') return undefined
  return kind === 'refused' ? nobody : listening[Math.floor(fraction(`address ${host}`) * listening.length)]
}

const pattern = makePattern(64 * 1024)

/** 1 to 9 KB. */
export function bodyOf(host, path) {
  const random = hash(`${host}${path}`)
  const size = 1024 + (random % 8192)
  const from = Math.floor(random / 8192) % (pattern.length - size)
  return pattern.subarray(from, from + size)
}

/**
 * The list: every host once, and beyond that the more often the lower its number is (Zipf); in no order.
 * @returns {{ host: string, path: string }[]}
 */
export function makeList(count) {
  const hosts = Math.max(1, Math.round(count * hostsPerUrl))
  const turns = Array.from({ length: hosts }, (_, index) => index)
  const weights = turns.map((index) => 1 / (index + 1))
  const spread = (count - hosts) / weights.reduce((sum, weight) => sum + weight)
  let due = 0
  weights.forEach((weight, index) => {
    for (due += weight * spread; due >= 0.5 && turns.length < count; due--) turns.push(index)
  })
  while (turns.length < count) turns.push(0)
  return shuffled(turns).map((host, index) => ({ host: `h${host}.${domain}`, path: `/${index.toString().padStart(6, '0')}.bin` }))
}

export const nameOf = ({ path }) => path.slice(1)

function shuffled(items) {
  let state = 1
  for (let left = items.length; left > 1; left--) {
    state = next(state)
    const other = state % left
    const last = items[left - 1]
    items[left - 1] = items[other]
    items[other] = last
  }
  return items
}

function makePattern(size) {
  const bytes = Buffer.alloc(size)
  for (let at = 0, state = 7; at < size; at += 4) bytes.writeUInt32LE((state = next(state)), at)
  return bytes
}

/** From 0 (included) to 1 (not included). */
const fraction = (text) => hash(text) / 2 ** 32

/** FNV-1a, its bits stirred once more. */
function hash(text) {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return stir(value >>> 0)
}

function next(state) {
  return stir((state + 0x9e3779b9) >>> 0)
}

function stir(value) {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
