/** What a ring holds; the links are the ring's own. An item is in one ring at a time. */
export interface RingItem<T> {
  before: T | undefined
  after: T | undefined
}

/** Items in the order they came; each may leave from the middle. For taking turns: what had its turn is removed and pushed again. */
export class Ring<T extends RingItem<T>> {
  #first: T | undefined
  #last: T | undefined

  get first(): T | undefined {
    return this.#first
  }

  push(item: T): void {
    item.before = this.#last
    item.after = undefined
    if (this.#last === undefined) this.#first = item
    else this.#last.after = item
    this.#last = item
  }

  remove(item: T): void {
    if (item.before === undefined) this.#first = item.after
    else item.before.after = item.after
    if (item.after === undefined) this.#last = item.before
    else item.after.before = item.before
    item.before = undefined
    item.after = undefined
  }
}
