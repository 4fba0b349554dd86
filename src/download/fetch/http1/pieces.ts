/** Pieces: bytes that belong together and come in several reads. */

const NONE = Buffer.alloc(0)

/** Its memory doubles, so that what comes byte by byte is not copied whole for each of them. */
export class Pieces {
  #memory = NONE
  #length = 0

  get length(): number {
    return this.#length
  }

  /** @returns all of them so far, until the next one is added */
  add(piece: Buffer): Buffer {
    const length = this.#length + piece.length
    if (length > this.#memory.length) {
      const larger = Buffer.allocUnsafe(2 * length)
      this.#memory.copy(larger, 0, 0, this.#length)
      this.#memory = larger
    }
    piece.copy(this.#memory, this.#length)
    this.#length = length
    return this.#memory.subarray(0, length)
  }

  /** What was returned before stays as it is. */
  clear(): void {
    this.#memory = NONE
    this.#length = 0
  }
}
