/**
 * Who gets a call that was sent ahead: the worker that wants to begin it, or the pool that wants it back.
 *
 * A pool of fast calls would spend its time on round trips if a worker got the next call only after it answered the last one. So calls are
 * sent ahead; but "running" has to mean running, and `cancel()` has to say truthfully, at once, whether the call will run. Both sides
 * therefore claim it in shared memory by one atomic exchange, and exactly one of them wins.
 *
 *   FREE ──pool: offer──▶ OFFERED ──worker: begin──▶ BEGUN ──pool: result read──▶ FREE
 *                            └─────pool: take back──▶ TAKEN ──worker: skips it──▶ FREE
 */
const FREE = 0
const OFFERED = 1
const BEGUN = 2
const TAKEN = 3

export class Claims {
  readonly cells: Int32Array
  #next = 0

  /** @param count how many calls one worker can have at once, begun or not */
  constructor(count: number) {
    this.cells = new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT))
  }

  /** Offers a cell, or -1 if the next one is still in use. */
  offer(): number {
    const cell = this.#next
    if (Atomics.load(this.cells, cell) !== FREE) return -1
    this.#next = (cell + 1) % this.cells.length
    Atomics.store(this.cells, cell, OFFERED)
    return cell
  }

  /** Takes the call back; false if the worker has begun it. */
  takeBack(cell: number): boolean {
    return Atomics.compareExchange(this.cells, cell, OFFERED, TAKEN) === OFFERED
  }

  hasBegun(cell: number): boolean {
    return Atomics.load(this.cells, cell) === BEGUN
  }

  free(cell: number): void {
    Atomics.store(this.cells, cell, FREE)
  }
}

/** The worker's side: true if it may begin, false if the pool took the call back. */
export function claim(cells: Int32Array, cell: number): boolean {
  if (Atomics.compareExchange(cells, cell, OFFERED, BEGUN) === OFFERED) return true
  Atomics.store(cells, cell, FREE)
  return false
}
