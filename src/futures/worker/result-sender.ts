/**
 * Sends results back to the pool: in batches, after what the tasks printed, and such that one result that cannot be cloned fails alone.
 */
import type { Transferable } from 'node:worker_threads'
import { encodeError } from '../travel/error-envelope.js'
import { type BufferPlaces, pack, packChunk } from '../travel/payload.js'
import { collectTransfers, forgetTransfers, marksExist } from '../travel/transfer.js'
import { cloneable, notSerializable } from '../travel/uncloneable.js'
import type { Channel } from './channel.js'
import type { ChunkItem } from './messages.js'

/** How a call ended. */
export interface Ended {
  readonly id: number
  /** Name of the function, for messages. */
  readonly task: string
  readonly chunk: boolean
  readonly failed: boolean
  /** What it returned or threw. */
  readonly value: unknown
}

/** A result is sent at the latest this long after it is there, in ms, even while further calls keep this thread busy. */
const MAX_DELAY = 1

export class ResultSender {
  readonly #channel: Channel
  #ended: Ended[] = []
  #oldest = 0
  #isScheduled = false
  #isBlocked = false
  #busySince = 0

  constructor(channel: Channel) {
    this.#channel = channel
  }

  /** A call begins after a time in which none ran. */
  wakes(): void {
    this.#busySince = performance.now()
  }

  add(ended: Ended): void {
    this.#ended.push(ended)
    const now = performance.now()
    if (this.#ended.length === 1) this.#oldest = now
    if (now - this.#oldest > MAX_DELAY) this.flush()
    else if (!this.#isScheduled) {
      this.#isScheduled = true
      // After the microtasks: by then everything that could end in this turn has ended.
      process.nextTick(() => {
        this.#isScheduled = false
        this.flush()
      })
    }
  }

  flush(): void {
    if (this.#ended.length === 0 || this.#isBlocked) return
    if (this.#channel.hasOutput()) {
      // What a task printed must be out before its caller goes on, and perhaps exits.
      this.#isBlocked = true
      void this.#channel.outputFlushed().then(() => {
        this.#isBlocked = false
        this.flush()
      })
      return
    }
    const ended = this.#ended
    this.#ended = []
    const now = performance.now()
    const busy = now - this.#busySince
    this.#busySince = now
    try {
      this.#send(ended, busy)
    } catch {
      // One of them cannot be cloned. Sent one by one, only that one fails.
      for (const one of ended) this.#sendAlone(one, busy)
    }
  }

  #send(ended: readonly Ended[], busy: number): void {
    const results: unknown[] = []
    const transfers: Transferable[] = []
    let buffers: [number, BufferPlaces][] | undefined
    for (const { id, chunk, failed, value } of ended) {
      if (failed) {
        results.push(id, true, encodeError(value))
        continue
      }
      for (const part of partsOf(chunk, value)) collectTransfers(part, transfers)
      const packed = chunk ? packChunk(value as ChunkItem[]) : pack([value])
      if (packed.buffers !== undefined) (buffers ??= []).push([id, packed.buffers])
      results.push(id, false, chunk ? packed.values : packed.values[0])
    }
    this.#channel.post({ type: 'results', results, busy, ...(buffers === undefined ? {} : { buffers }) }, transfers)
    for (const { chunk, failed, value } of ended) if (!failed) forgetTransfers(partsOf(chunk, value))
  }

  #sendAlone(ended: Ended, busy: number): void {
    try {
      this.#send([ended], busy)
    } catch (cause) {
      const { task, chunk, value } = ended
      const refuse = (part: unknown): Error => notSerializable(part, 'result', task, cause)
      // Of a chunk, only the items that cannot be sent fail.
      const mend = (item: ChunkItem): ChunkItem => (item[0] || cloneable(item[1]) ? item : [true, encodeError(refuse(item[1]))])
      if (chunk) this.#send([{ ...ended, value: (value as ChunkItem[]).map(mend) }], busy)
      else this.#send([{ ...ended, failed: true, value: refuse(value) }], busy)
    }
  }
}

/** What a task returned, of a chunk for each of its items; nothing where nothing can be marked. */
function partsOf(chunk: boolean, value: unknown): readonly unknown[] {
  if (!marksExist()) return []
  return chunk ? (value as ChunkItem[]).map((item) => item[1]) : [value]
}
