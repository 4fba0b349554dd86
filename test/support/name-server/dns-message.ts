/** Messages of DNS (RFC 1035), as far as a name server of addresses needs them. */
import ipaddr from 'ipaddr.js'

const HEADER = 12
const TYPES: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' }
const TYPE_NUMBERS = { A: 1, AAAA: 28, CNAME: 5 } as const
const CODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
/** Where the name in the question begins. */
const SAME_NAME = HEADER

export type ResponseCode = keyof typeof CODES

export interface AskedFor {
  /** In lower case. */
  readonly name: string
  /** Undefined for every other type. */
  readonly type: 'A' | 'AAAA' | undefined
  /** Where the question ends in the message. */
  readonly end: number
}

/** Reads the question of a message; undefined for what is none. */
export function readQuestion(message: Buffer): AskedFor | undefined {
  if (message.length < HEADER + 5 || message.readUInt16BE(4) !== 1) return undefined
  let at = HEADER
  let name = ''
  for (let size = message[at] ?? 0; size > 0; size = message[at] ?? 0) {
    name += `${name === '' ? '' : '.'}${message.toString('latin1', at + 1, at + 1 + size)}`
    at += size + 1
  }
  return { name: name.toLowerCase(), type: TYPES[message.readUInt16BE(at + 1)], end: at + 5 }
}

export interface Contents {
  readonly code: ResponseCode
  readonly addresses: readonly string[]
  /** Seconds. */
  readonly ttl: number
  /** The name is an alias of this one, which has the addresses. */
  readonly alias: string | undefined
  readonly truncated: boolean
}

/** The answer to a question, which it repeats. */
export function writeAnswer(question: Buffer, { end, type }: AskedFor, contents: Contents): Buffer {
  const { code, alias, ttl, truncated } = contents
  const wanted = truncated ? [] : contents.addresses.filter((address) => (address.includes(':') ? 'AAAA' : 'A') === type)
  const records = wanted.map((address) => {
    const bytes = Uint8Array.from(address.includes(':') ? ipaddr.parse(address).toByteArray() : address.split('.').map(Number))
    return record(alias === undefined ? SAME_NAME : end + 12, type === 'A' ? TYPE_NUMBERS.A : TYPE_NUMBERS.AAAA, ttl, bytes)
  })
  if (alias !== undefined && !truncated) records.unshift(record(SAME_NAME, TYPE_NUMBERS.CNAME, ttl, nameBytes(alias)))
  const head = Buffer.from(question.subarray(0, end))
  // An answer, recursion asked for as in the question, and available.
  head.writeUInt16BE(0x80_80 | (head.readUInt16BE(2) & 0x01_00) | (truncated ? 0x02_00 : 0) | CODES[code], 2)
  head.writeUInt16BE(records.length, 6)
  head.fill(0, 8, HEADER)
  return Buffer.concat([head, ...records])
}

/** @param name where in the message it is written */
function record(name: number, type: number, ttl: number, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length)
  bytes.writeUInt16BE(0xc0_00 | name, 0)
  bytes.writeUInt16BE(type, 2)
  bytes.writeUInt16BE(1, 4)
  bytes.writeUInt32BE(ttl, 6)
  bytes.writeUInt16BE(data.length, 10)
  bytes.set(data, 12)
  return bytes
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]))
  return Buffer.concat([...labels, Buffer.from([0])])
}
