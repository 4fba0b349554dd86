/**
 * What a running call reports, as an async iterable.
 * The latest {@link LIMIT} reports are kept until somebody reads them; a slow reader loses the oldest, never the memory.
 */
const LIMIT = 1024

export class Progress implements AsyncIterable<unknown> {
  #reports: unknown[] = []
  /** How many reports were dropped from the front of `#reports`. */
  #dropped = 0
  #closed = false
  #wake: (() => void)[] = []

  push(report: unknown): void {
    if (this.#closed) return
    this.#reports.push(report)
    if (this.#reports.length > LIMIT) {
      this.#reports.shift()
      this.#dropped += 1
    }
    this.#wakeAll()
  }

  close(): void {
    this.#closed = true
    this.#wakeAll()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    let next = 0
    for (;;) {
      next = Math.max(next, this.#dropped)
      if (next - this.#dropped < this.#reports.length) {
        yield this.#reports[next - this.#dropped]
        next += 1
      } else if (this.#closed) {
        return
      } else {
        await new Promise<void>((resolve) => this.#wake.push(resolve))
      }
    }
  }

  #wakeAll(): void {
    const waiting = this.#wake
    this.#wake = []
    for (const wake of waiting) wake()
  }
}
