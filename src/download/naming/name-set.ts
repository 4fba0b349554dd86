/**
 * A set of names that remembers 6 bytes of each.
 *
 * A name is hashed to 80 bits: 32 say where it is looked for, 48 are kept. Tables are filled to three quarters, then a new one of twice the
 * size is begun; nothing is ever moved, so that growing costs neither a pause nor a second copy.
 *
 * A name that was never added is found with a probability of about (tables × slots looked at) / 2⁴⁸: among a hundred million names
 * there is one such with a probability below 1 in 20,000. It costs its line a needless suffix, the same one in every run.
 */

interface Table {
  readonly low: Uint32Array
  readonly high: Uint16Array
  readonly mask: number
}

const FIRST_SLOTS = 16 * 1024

export class NameSet {
  readonly #seed: number
  /** The newest, which takes what is added, comes last. */
  readonly #tables: Table[] = []
  #room = 0
  #size = 0
  #hash0 = 0
  #hash1 = 0
  #hash2 = 0

  constructor(seed = 0) {
    this.#seed = seed
  }

  get size(): number {
    return this.#size
  }

  /** Names are equal after NFC and folding of case. */
  has(name: string): boolean {
    if (this.#size === 0) return false
    this.#hash(name)
    return this.#find()
  }

  add(name: string): void {
    this.#hash(name)
    if (this.#find()) return
    let table = this.#tables.at(-1)
    if (table === undefined || this.#room === 0) {
      const slots = table === undefined ? FIRST_SLOTS : (table.mask + 1) * 2
      table = { low: new Uint32Array(slots), high: new Uint16Array(slots), mask: slots - 1 }
      this.#tables.push(table)
      this.#room = slots * 0.75
    }
    const { low, high, mask } = table
    let slot = this.#hash0 & mask
    while (low[slot] !== 0) slot = (slot + 1) & mask
    low[slot] = this.#hash1
    high[slot] = this.#hash2
    this.#room -= 1
    this.#size += 1
  }

  #find(): boolean {
    // The newest table holds as much as all others together.
    for (let newest = this.#tables.length - 1; newest >= 0; newest -= 1) {
      const { low, high, mask } = this.#tables[newest] as Table
      for (let slot = this.#hash0 & mask; low[slot] !== 0; slot = (slot + 1) & mask) {
        if (low[slot] === this.#hash1 && high[slot] === this.#hash2) return true
      }
    }
    return false
  }

  /** Three hashes of the folded name, left in fields: an object for each of a hundred million names would be the dearest part. */
  #hash(name: string): void {
    const text = ASCII.test(name) ? name : fold(name)
    let a = this.#seed ^ 0x9e3779b9
    let b = this.#seed ^ 0x7f4a7c15
    let c = this.#seed ^ 0x94d049bb
    for (let index = 0; index < text.length; index += 1) {
      let code = text.charCodeAt(index)
      if (code >= 0x41 && code <= 0x5a) code |= 0x20
      a = Math.imul(a ^ code, 0x85ebca6b) ^ (c >>> 15)
      b = Math.imul(b ^ code, 0xc2b2ae35) ^ (a >>> 13)
      c = Math.imul(c ^ code, 0x27d4eb2f) ^ (b >>> 16)
    }
    this.#hash0 = mix(a)
    // 0 marks a free slot.
    this.#hash1 = mix(b) || 1
    this.#hash2 = mix(c) & 0xffff
  }
}

const ASCII = /^[\0-\x7f]*$/

/** Upper case first: `ß` and `SS`, `ς` and `σ` are each other's on some systems. */
const fold = (name: string): string => name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')

/** The finish of MurmurHash3: every bit of the result depends on every bit. */
function mix(hash: number): number {
  let bits = hash ^ (hash >>> 16)
  bits = Math.imul(bits, 0x85ebca6b)
  bits ^= bits >>> 13
  bits = Math.imul(bits, 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
