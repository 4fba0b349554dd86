/** Pace: whether a body still moves, and fast enough. */
import { DownloadError } from '../errors.js'

/** ms over which the speed is judged. */
export const SPEED_WINDOW = 30_000
const STEP = 1000
const STEPS = SPEED_WINDOW / STEP

export interface PaceRules {
  /** Longest time without a byte, in ms. 0: no limit. */
  readonly stallTimeout: number
  /** Bytes per second over any 30 s. 0: no limit. */
  readonly minSpeed: number
}

/**
 * Looked at a few times a second, not at every chunk. Time in which the transfer is held back by our own side does not count: a slow disk
 * is not the server's fault.
 */
export class Pace {
  readonly #rules: PaceRules
  #bytes = 0
  #movedAt: number
  #lookedAt: number
  /** ms of the body so far, without those held back. */
  #elapsed = 0
  /** Bytes there were at the end of each of the last seconds; made when the first one is over, so short transfers need none. */
  #marks: Float64Array | undefined
  #nextMark = 1

  constructor(rules: PaceRules, now: number) {
    this.#rules = rules
    this.#movedAt = now
    this.#lookedAt = now
  }

  /** @throws DownloadError TIMEOUT_STALL or TIMEOUT_SLOW */
  look(bytes: number, held: boolean, now: number): void {
    const passed = now - this.#lookedAt
    this.#lookedAt = now
    if (held) {
      this.#movedAt += passed
      this.#bytes = bytes
      return
    }
    this.#elapsed += passed
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#movedAt = now
    }
    const { stallTimeout, minSpeed } = this.#rules
    if (stallTimeout > 0 && now - this.#movedAt >= stallTimeout) {
      throw new DownloadError('TIMEOUT_STALL', `no byte for ${stallTimeout} ms, after ${bytes} bytes`)
    }
    if (minSpeed > 0) this.#lookAtSpeed(bytes, minSpeed)
  }

  #lookAtSpeed(bytes: number, minSpeed: number): void {
    while (this.#elapsed >= this.#nextMark * STEP) {
      this.#marks ??= new Float64Array(STEPS)
      const slot = this.#nextMark % STEPS
      const before = this.#marks[slot] as number
      this.#marks[slot] = bytes
      // The slot still holds the mark of one window ago; before the first window is over it holds the 0 the body began with.
      if (this.#nextMark >= STEPS && bytes - before < (minSpeed * SPEED_WINDOW) / 1000) {
        const speed = Math.round(((bytes - before) * 1000) / SPEED_WINDOW)
        throw new DownloadError(
          'TIMEOUT_SLOW',
          `${speed} bytes a second over ${SPEED_WINDOW / 1000} s; at least ${minSpeed} are wanted`,
        )
      }
      this.#nextMark += 1
    }
  }
}
