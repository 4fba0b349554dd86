/** What a heap holds: `at` orders it, `slot` is the heap's own memory of where the item is. */
export interface HeapItem {
  at: number
  slot: number
}

/** Items by `at`, the smallest first; each may be taken out from the middle. `at` must not change while an item is in it. */
export class Heap<T extends HeapItem> {
  readonly #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  get first(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    this.#rise(item, this.#items.length)
  }

  remove(item: T): void {
    const { slot } = item
    const last = this.#items.pop()
    if (last === undefined || last === item) return
    // The last one fills the gap; from there it may have to go either way.
    const parent = this.#items[(slot - 1) >> 1]
    if (slot > 0 && parent !== undefined && parent.at > last.at) this.#rise(last, slot)
    else this.#sink(last, slot)
  }

  #rise(item: T, from: number): void {
    let slot = from
    while (slot > 0) {
      const above = (slot - 1) >> 1
      const parent = this.#items[above]
      if (parent === undefined || parent.at <= item.at) break
      this.#set(parent, slot)
      slot = above
    }
    this.#set(item, slot)
  }

  #sink(item: T, from: number): void {
    let slot = from
    for (;;) {
      const left = this.#items[2 * slot + 1]
      const right = this.#items[2 * slot + 2]
      const child = right !== undefined && left !== undefined && right.at < left.at ? right : left
      if (child === undefined || child.at >= item.at) break
      const below = child.slot
      this.#set(child, slot)
      slot = below
    }
    this.#set(item, slot)
  }

  #set(item: T, slot: number): void {
    this.#items[slot] = item
    item.slot = slot
  }
}
