/** What is known of names, each for a time of its own; of at most so many, of which the one that was not asked for the longest is forgotten. */
export class KnownNames<T> {
  readonly #names = new Map<string, { readonly value: T; readonly until: number }>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#names.size
  }

  get(name: string, now: number): T | undefined {
    const known = this.#names.get(name)
    if (known === undefined) return undefined
    // To the end of the line, or out of it.
    this.#names.delete(name)
    if (known.until <= now) return undefined
    this.#names.set(name, known)
    return known.value
  }

  has(name: string, now: number): boolean {
    const known = this.#names.get(name)
    return known !== undefined && known.until > now
  }

  /** @param until ms, on the same clock as `now` */
  set(name: string, value: T, until: number): void {
    this.#names.delete(name)
    this.#names.set(name, { value, until })
    if (this.#names.size <= this.#most) return
    const [oldest] = this.#names.keys()
    this.#names.delete(oldest as string)
  }
}
