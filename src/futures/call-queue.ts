import type { Call } from './call.js'

/**
 * The calls that wait: first in, first out within a priority, higher priorities first.
 * Guarantees: push, shift and remove in constant time for the default priority, whatever the length (an array's shift() is linear, which
 * makes a queue of 100,000 calls unusable). A removed call leaves a hole that is skipped later and holds nothing.
 */
export class CallQueue {
  #lanes: { readonly priority: number; readonly lane: Lane }[] = [{ priority: 0, lane: new Lane() }]
  #default = this.#lanes[0]!.lane
  #length = 0

  /** How many calls wait. */
  get length(): number {
    return this.#length
  }

  push(call: Call): void {
    this.#laneOf(call).push(call)
    this.#entered(call)
  }

  /** Puts calls that were taken out back before all others of their priority, in this order. */
  unshift(calls: readonly Call[]): void {
    for (const call of calls.toReversed()) {
      this.#laneOf(call).unshift(call)
      this.#entered(call)
    }
  }

  shift(): Call | undefined {
    for (const { lane } of this.#lanes) {
      const call = lane.shift()
      if (call !== undefined) {
        call.queue = undefined
        this.#length -= 1
        return call
      }
    }
    return undefined
  }

  remove(call: Call): void {
    if (call.queue !== this) return
    call.queue = undefined
    call.args = []
    this.#length -= 1
    this.#laneOf(call).leaveHole()
  }

  #entered(call: Call): void {
    call.queue = this
    this.#length += 1
  }

  #laneOf(call: Call): Lane {
    const { priority = 0 } = call.options
    if (priority === 0) return this.#default
    let found = this.#lanes.find((entry) => entry.priority === priority)
    if (found === undefined) {
      found = { priority, lane: new Lane() }
      this.#lanes.push(found)
      this.#lanes.sort((a, b) => b.priority - a.priority)
    }
    return found.lane
  }
}

/** A ring buffer that doubles when full. A slot whose call no longer has a queue is a hole. */
class Lane {
  #ring: (Call | undefined)[] = Array.from({ length: 16 })
  #head = 0
  #used = 0
  #holes = 0

  push(call: Call): void {
    if (this.#used === this.#ring.length) this.#resize(this.#ring.length * 2)
    this.#ring[(this.#head + this.#used) & (this.#ring.length - 1)] = call
    this.#used += 1
  }

  unshift(call: Call): void {
    if (this.#used === this.#ring.length) this.#resize(this.#ring.length * 2)
    this.#head = (this.#head - 1) & (this.#ring.length - 1)
    this.#ring[this.#head] = call
    this.#used += 1
  }

  shift(): Call | undefined {
    while (this.#used > 0) {
      const call = this.#ring[this.#head]!
      this.#ring[this.#head] = undefined
      this.#head = (this.#head + 1) & (this.#ring.length - 1)
      this.#used -= 1
      if (call.queue !== undefined) return call
      this.#holes -= 1
    }
    return undefined
  }

  /** A call in here was removed. When most are holes the ring is packed, so that cancelled calls behind a long one cost no memory. */
  leaveHole(): void {
    this.#holes += 1
    if (this.#holes > 64 && this.#holes * 2 > this.#used) this.#resize(this.#ring.length)
  }

  #resize(length: number): void {
    const ring: (Call | undefined)[] = Array.from({ length })
    let used = 0
    for (let i = 0; i < this.#used; i += 1) {
      const call = this.#ring[(this.#head + i) & (this.#ring.length - 1)]!
      if (call.queue !== undefined) ring[used++] = call
    }
    this.#ring = ring
    this.#head = 0
    this.#used = used
    this.#holes = 0
  }
}
