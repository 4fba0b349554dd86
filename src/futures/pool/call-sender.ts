/**
 * Sends calls to a worker: all that come up in one turn of the event loop as one message, each function announced once, and such that one
 * call that cannot be cloned fails alone.
 */
import type { Transferable } from 'node:worker_threads'
import type { Call } from '../call.js'
import { describeTask, type TaskReference } from '../task.js'
import { type BufferPlaces, pack, packChunk } from '../travel/payload.js'
import { collectTransfers, forgetTransfers, isMarked, marksExist } from '../travel/transfer.js'
import { cloneable, notSerializable } from '../travel/uncloneable.js'
import { appendCall, type FlatCalls, type ToWorker } from '../worker/messages.js'

/** A call that is with a worker. */
export interface Given {
  readonly call: Call
  readonly id: number
  readonly reference: TaskReference
  /** Its claim, by which it can be taken back until it begins; -1 where no memory is shared. */
  readonly claim: number
  /** What it moves is gone from here once it was sent: it cannot be sent again. */
  readonly moves: boolean
  /** It was sent ahead: it is pending, and has no slot of its own. */
  readonly isAhead: boolean
  readonly slot: number
}

export class CallSender {
  readonly #post: (message: ToWorker, transfer: readonly Transferable[]) => void
  readonly #refuse: (given: Given, error: Error) => void
  readonly #functionIds = new Map<TaskReference, number>()
  #newFunctions: (readonly [number, TaskReference])[] = []
  #waiting: Given[] = []
  #isScheduled = false

  /**
   * @param post throws if the message cannot be cloned
   * @param refuse told of a call whose arguments cannot be cloned
   */
  constructor(
    post: (message: ToWorker, transfer: readonly Transferable[]) => void,
    refuse: (given: Given, error: Error) => void,
  ) {
    this.#post = post
    this.#refuse = refuse
  }

  add(given: Given): void {
    this.#waiting.push(given)
    if (this.#isScheduled) return
    this.#isScheduled = true
    // After the microtasks: what this turn of the loop submits goes out as one message.
    process.nextTick(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  /** Takes a call back that has not left; false if it has. */
  withdraw(given: Given): boolean {
    const i = this.#waiting.indexOf(given)
    if (i !== -1) this.#waiting.splice(i, 1)
    return i !== -1
  }

  /** Sends nothing any more. Returns what has not left. */
  close(): Given[] {
    const unsent = this.#waiting
    this.#waiting = []
    return unsent
  }

  #flush(): void {
    if (this.#waiting.length === 0) return
    const batch = this.#waiting
    this.#waiting = []
    try {
      // A message that fails may have moved parts of the calls that came with it, so those that move something go alone.
      if (!batch.some(({ moves }) => moves)) {
        this.#send(batch)
        return
      }
    } catch {
      // One of them cannot be cloned. Sent one by one, only that one fails.
    }
    for (const given of batch) {
      try {
        this.#send([given])
      } catch (cause) {
        const { call } = given
        const culprit = call.args.findIndex((arg) => !cloneable(arg))
        const [value, label] = culprit === -1 ? [call.args, 'args'] : [call.args[culprit], `args[${culprit}]`]
        this.#refuse(given, notSerializable(value, label, describeTask(call.fn), cause))
      }
    }
  }

  #send(batch: readonly Given[]): void {
    const calls: FlatCalls = []
    const transfers: Transferable[] = []
    let buffers: [number, BufferPlaces][] | undefined
    for (const { call, id, slot, reference, claim } of batch) {
      const { transfer, chunk = false } = call.options
      const packed = chunk ? packChunk(call.args as readonly unknown[][]) : pack(call.args)
      if (packed.buffers !== undefined) (buffers ??= []).push([id, packed.buffers])
      if (transfer !== undefined) transfers.push(...transfer)
      for (const arg of markable(call)) collectTransfers(arg, transfers)
      const fn = this.#functionId(reference)
      appendCall(calls, { id, slot, fn, attempt: call.attempt, chunk, claim, args: packed.values as unknown[] })
    }
    this.#post({ type: 'calls', functions: this.#newFunctions, calls, ...(buffers === undefined ? {} : { buffers }) }, transfers)
    this.#newFunctions = []
    for (const { call } of batch) forgetTransfers(markable(call))
  }

  #functionId(reference: TaskReference): number {
    let id = this.#functionIds.get(reference)
    if (id === undefined) {
      id = this.#functionIds.size
      this.#functionIds.set(reference, id)
      this.#newFunctions.push([id, reference])
    }
    return id
  }
}

/** Whether parts of its arguments are moved instead of copied. Only before it was sent. */
export function movesSomething(call: Call): boolean {
  return call.options.transfer !== undefined || markable(call).some(isMarked)
}

/** What the function gets, of a chunk for all of its items; nothing where nothing can be marked. */
function markable({ args, options }: Call): readonly unknown[] {
  if (!marksExist()) return []
  return options.chunk === true ? (args as readonly unknown[][]).flat() : args
}
