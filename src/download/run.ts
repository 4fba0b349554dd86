/**
 * Run: a download of many, as it is handed out. It begins when somebody looks: at the first `next()` of a loop, or when `summary` is asked for.
 */
import type { Outcome } from './outcome.js'
import type { Summary } from './summary.js'

/** How outcomes leave the run. */
export interface Delivery {
  /** One more line is done. */
  deliver(outcome: Outcome): void
  /** Whether the reader of the loop is so far behind that nothing more should be begun. */
  isFull(): boolean
  /** Calls `resume` once the reader has caught up. */
  onRoom(resume: () => void): void
  /** Aborts when the reader breaks off its loop. */
  readonly signal: AbortSignal
}

/** Outcomes that wait for the reader before the run holds back. */
const LIMIT = 1024

export class Run implements AsyncIterable<Outcome> {
  readonly #begin: (delivery: Delivery) => Promise<Summary>
  readonly #outcomes: Outcome[] = []
  readonly #left = new AbortController()
  #summary: Promise<Summary> | undefined
  #isRead = false
  #isOver = false
  #wake: (() => void) | undefined
  #resume: (() => void) | undefined

  /** @internal */
  constructor(begin: (delivery: Delivery) => Promise<Summary>) {
    this.#begin = begin
  }

  /**
   * Resolves at the end of the run. Asking for it begins the run.
   * Rejects with a RunError if the run could not begin or go on; what was done until then is recorded.
   */
  get summary(): Promise<Summary> {
    return this.#started()
  }

  #started(): Promise<Summary> {
    if (this.#summary === undefined) {
      this.#summary = this.#begin({
        deliver: (outcome) => this.#deliver(outcome),
        isFull: () => this.#isRead && this.#outcomes.length >= LIMIT,
        onRoom: (resume) => (this.#resume = resume),
        signal: this.#left.signal,
      }).finally(() => {
        this.#isOver = true
        this.#wakeUp()
      })
      // A loop that is broken off, or a program that wants outcomes only, must not end it by an unhandled rejection: the loop throws it.
      this.#summary.catch(() => undefined)
    }
    return this.#summary
  }

  #deliver(outcome: Outcome): void {
    if (!this.#isRead) return
    this.#outcomes.push(outcome)
    this.#wakeUp()
  }

  #wakeUp(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  /**
   * The outcomes, as they come. Leaving the loop early ends the run as its signal does: at a safe point, and the same call continues.
   * Outcomes from before the loop began are not repeated. There can be one loop.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Outcome, void, undefined> {
    if (this.#isRead) throw new TypeError('This run is being read by another loop')
    this.#isRead = true
    const summary = this.#started()
    let next = 0
    try {
      for (;;) {
        const outcome = this.#outcomes[next]
        if (outcome !== undefined) {
          next += 1
          // Read ones are dropped together: shifting each would move all the others.
          if (next === LIMIT || next === this.#outcomes.length) {
            this.#outcomes.splice(0, next)
            next = 0
            this.#resume?.()
          }
          yield outcome
        } else if (this.#isOver) {
          break
        } else {
          await new Promise<void>((resolve) => (this.#wake = resolve))
        }
      }
    } finally {
      this.#left.abort(new Error('the loop over the run was left'))
      this.#outcomes.length = 0
      this.#isRead = false
      this.#resume?.()
      await summary.then(
        () => undefined,
        () => undefined,
      )
    }
    await summary
  }
}
