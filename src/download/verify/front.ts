/**
 * Front: how much of a file is there, told by the thread that writes it to the one that reads behind it.
 *
 * One number says it all, so that waiting for it to change misses nothing: bytes from the begin of the file while it is written; -1 less as
 * many when it is written; GIVEN_UP when nobody wants the digests any more.
 */
const GIVEN_UP = -(2n ** 62n)

export class Front {
  readonly memory: SharedArrayBuffer
  readonly #told: BigInt64Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.memory = memory
    this.#told = new BigInt64Array(memory)
  }

  /** So many bytes are there. */
  advance(bytes: number): void {
    this.#tell(BigInt(bytes))
  }

  /** All are there. */
  written(bytes: number): void {
    this.#tell(-1n - BigInt(bytes))
  }

  giveUp(): void {
    this.#tell(GIVEN_UP)
  }

  /** Waits, where the thread may, until more than `at` bytes are there or it is clear that no more will come. */
  after(at: number): { readonly bytes: number; readonly isWritten: boolean } | 'given up' {
    for (;;) {
      const told = Atomics.load(this.#told, 0)
      if (told === GIVEN_UP) return 'given up'
      if (told < 0n) return { bytes: Number(-1n - told), isWritten: true }
      if (told > BigInt(at)) return { bytes: Number(told), isWritten: false }
      Atomics.wait(this.#told, 0, told)
    }
  }

  #tell(told: bigint): void {
    Atomics.store(this.#told, 0, told)
    Atomics.notify(this.#told, 0)
  }
}
