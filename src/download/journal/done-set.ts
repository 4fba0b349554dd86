/** DoneSet: which lines have their record, at one bit a line. */

/** Lines of one page: 8 KB. Pages come when a line in them is done, so that a single far number costs a page and not all before it. */
const PAGE = 65_536

export class DoneSet {
  readonly #pages: (Uint32Array | undefined)[] = []
  #count = 0
  #firstUndone = 0

  /** How many are in it. */
  get count(): number {
    return this.#count
  }

  has(id: number): boolean {
    if (id < this.#firstUndone) return true
    const page = this.#pages[Math.floor(id / PAGE)]
    if (page === undefined) return false
    const bit = id % PAGE
    return ((page[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0
  }

  /** Whether it was not in it before. */
  add(id: number): boolean {
    if (id < this.#firstUndone) return false
    const number = Math.floor(id / PAGE)
    let page = this.#pages[number]
    if (page === undefined) this.#pages[number] = page = new Uint32Array(PAGE / 32)
    const bit = id % PAGE
    const word = page[bit >>> 5] ?? 0
    const mask = 1 << (bit & 31)
    if ((word & mask) !== 0) return false
    page[bit >>> 5] = word | mask
    this.#count++
    return true
  }

  /** The lowest number that is not in it. Everything before it can be skipped without being asked for. */
  firstUndone(): number {
    // Numbers are never taken out, so this only ever moves forward.
    while (this.has(this.#firstUndone)) {
      const page = this.#pages[Math.floor(this.#firstUndone / PAGE)]
      const wholeWord = this.#firstUndone % 32 === 0 && page?.[(this.#firstUndone % PAGE) >>> 5] === 0xff_ff_ff_ff
      this.#firstUndone += wholeWord ? 32 : 1
    }
    return this.#firstUndone
  }

  /** All that is in it: everything before a number, and the pages from there on, by their numbers. */
  save(): { readonly firstUndone: number; readonly pages: ReadonlyMap<number, Uint32Array> } {
    const firstUndone = this.firstUndone()
    const pages = new Map<number, Uint32Array>()
    for (const key of Object.keys(this.#pages)) {
      const page = this.#pages[Number(key)]
      if (page !== undefined && Number(key) >= Math.floor(firstUndone / PAGE)) pages.set(Number(key), page)
    }
    return { firstUndone, pages }
  }

  /** Puts back what was saved of another one; before anything is added. */
  restore(count: number, firstUndone: number, pages: ReadonlyMap<number, Uint32Array>): void {
    this.#count = count
    this.#firstUndone = firstUndone
    for (const [number, page] of pages) this.#pages[number] = page
  }
}

/** Bytes of one page. */
export const PAGE_BYTES: number = PAGE / 8
