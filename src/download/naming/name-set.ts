/**
 * A set of names that remembers 4 bytes of each, or 5.
 *
 * A name is hashed to 63 bits: 31 say where it is looked for, 32 are kept; tables of less than 4 million slots keep 8 of the others too. The first
 * table is as large as the list is expected to be, and is filled to 85 %. Then another is begun, as large as all before it, to be filled to
 * 75 %. Nothing is ever moved, so that growing costs neither a pause nor a second copy. So ten million names of a list whose length is known
 * take 47 MB, else 60 to 130.
 *
 * How exact it is. A name that was never added is found when one of the slots that are looked at happens to hold its bits: 4 slots on average
 * while a table is filled, 9 to 23 in one that is full. Of n names of a list whose length is known, n × 4 / 2⁴⁰ are taken for another up to three
 * million, n × 4 / 2³² beyond: one in 250,000 lists of a million has such a name, one in 100 of ten million; one in 30 where the length is not
 * known. It costs its line a needless suffix and nothing else: the same one in every run, because the set depends on nothing but the list.
 */

/** What the set knows of a name: 64 bits in two numbers. Of the first the lowest bit is 0, for whoever keeps hashes to use. */
export type HashTaker = (place: number, kept: number) => void

interface Table {
  readonly kept: Uint32Array
  readonly more: Uint8Array | undefined
  /** Turns 32 bits into a slot. */
  readonly scale: number
}

export interface NameSetOptions {
  /** Any number; makes it harder to write a list whose names are slow to look up. @default 0 */
  readonly seed?: number
  /** Is told of each name that is added. */
  readonly onAdd?: HashTaker
}

const FIRST_SLOTS = 65_536
/** Tables with at least so many keep 4 bytes of a name, not 5. */
const MANY_SLOTS = 4 * 1024 * 1024
/** Of the table for what is expected, and of the others, in which every name is looked for too. */
const FIRST_FILL = 0.85
const FILL = 0.75

export class NameSet {
  readonly #seed: number
  readonly #onAdd: HashTaker | undefined
  /** The newest, which takes what is added, comes last. */
  readonly #tables: Table[] = []
  #expected = 0
  #slots = 0
  #room = 0
  #size = 0
  #place = 0
  #kept = 0

  constructor({ seed = 0, onAdd }: NameSetOptions = {}) {
    this.#seed = seed
    this.#onAdd = onAdd
  }

  /** About how many names will be added, where that is known. Before the first one. */
  expect(count: number): void {
    this.#expected = count
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
    this.#insert()
    this.#onAdd?.(this.#place, this.#kept)
  }

  /** Adds a name again of which `onAdd` was told in an earlier run; in the same order, so that the set becomes the same. */
  restore(place: number, kept: number): void {
    this.#place = place
    this.#kept = kept
    this.#insert()
  }

  #insert(): void {
    if (this.#room === 0) this.#grow()
    const { kept, more, scale } = this.#tables.at(-1) as Table
    const end = kept.length
    let slot = Math.floor(this.#place * scale)
    while (kept[slot] !== 0) slot = slot + 1 === end ? 0 : slot + 1
    kept[slot] = this.#kept
    if (more !== undefined) more[slot] = this.#place >>> 1
    this.#room -= 1
    this.#size += 1
  }

  #grow(): void {
    const isFirst = this.#tables.length === 0
    const fill = isFirst ? FIRST_FILL : FILL
    const slots = Math.max(FIRST_SLOTS, isFirst ? Math.ceil(this.#expected / fill) : this.#slots)
    const more = slots < MANY_SLOTS ? new Uint8Array(slots) : undefined
    this.#tables.push({ kept: new Uint32Array(slots), more, scale: slots / 2 ** 32 })
    this.#slots += slots
    this.#room = Math.floor(slots * fill)
  }

  #find(): boolean {
    for (let newest = this.#tables.length - 1; newest >= 0; newest -= 1) {
      const { kept, more, scale } = this.#tables[newest] as Table
      const end = kept.length
      const low = (this.#place >>> 1) & 0xff
      for (let slot = Math.floor(this.#place * scale); kept[slot] !== 0; slot = slot + 1 === end ? 0 : slot + 1) {
        if (kept[slot] === this.#kept && (more === undefined || more[slot] === low)) return true
      }
    }
    return false
  }

  /** Two hashes of the folded name, left in fields: an object for each of a hundred million names would be the dearest part. */
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
    this.#place = (mix(a) & ~1) >>> 0
    // 0 marks a free slot.
    this.#kept = mix(b ^ mix(c)) || 1
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
