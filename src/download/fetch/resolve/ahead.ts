/**
 * Names that will be needed soon, and how far ahead of the need they are asked for: not all at once, since a list may name ten thousand new
 * hosts in a second and the name server is somebody's too, but as many as are used up.
 */

/** Names asked for ahead and not used yet. */
const AHEAD = 256
/** Names remembered for later; what comes beyond is asked for when it is needed. */
const MOST = 10_000

export class Ahead {
  readonly #wanted = new Set<string>()
  readonly #asked = new Set<string>()

  want(name: string): void {
    if (this.#wanted.size < MOST && !this.#asked.has(name)) this.#wanted.add(name)
  }

  /** The name to ask for next; undefined: none, for now. `isOver` says whether what was asked ahead is of no use any more. */
  next(isOver: (name: string) => boolean): string | undefined {
    if (this.#asked.size >= AHEAD) this.#lookAtOldest(isOver)
    if (this.#asked.size >= AHEAD) return undefined
    const [name] = this.#wanted
    if (name === undefined) return undefined
    this.#wanted.delete(name)
    this.#asked.add(name)
    return name
  }

  /** The name is needed now. */
  use(name: string): void {
    if (!this.#asked.delete(name)) this.#wanted.delete(name)
  }

  clear(): void {
    this.#wanted.clear()
    this.#asked.clear()
  }

  /** It goes away or to the end, so that all are looked at in time: those that nobody came for must not keep others from being asked for. */
  #lookAtOldest(isOver: (name: string) => boolean): void {
    const [oldest] = this.#asked
    if (oldest === undefined) return
    this.#asked.delete(oldest)
    if (!isOver(oldest)) this.#asked.add(oldest)
  }
}
