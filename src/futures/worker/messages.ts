/**
 * What a pool and its workers say to each other. Plain data: it passes the structured clone between threads and V8's serializer between
 * processes. Calls and results travel in batches, one message for all that came up in one turn of the event loop.
 */
import type { ErrorEnvelope } from '../travel/error-envelope.js'
import type { BufferPlaces } from '../travel/payload.js'
import type { TaskReference } from '../task.js'

/** What a worker is told at birth. */
export interface WorkerSetup {
  /** Sent with every message: tasks and libraries may use the same channel for their own. */
  readonly token: string
  readonly pool: string
  /** Calls it may run at once. */
  readonly capacity: number
  readonly allowNested: boolean
  /** Modules to import before anything else. */
  readonly imports: readonly string[]
  readonly initializer?: TaskReference
  readonly initargs: readonly unknown[]
  /** Where Buffers were among `initargs`. */
  readonly buffers?: BufferPlaces
  /** Shared claims for calls that are sent ahead (claims.ts); threads only. */
  readonly claims?: Int32Array
}

/** One call, as the worker sees it. */
export interface CallMessage {
  readonly id: number
  /** Number of the slot, which makes the worker's name. */
  readonly slot: number
  /** Number of the function, announced by a `functions` entry of this or an earlier message. */
  readonly fn: number
  readonly args: unknown[]
  readonly attempt: number
  /** The arguments are a list of argument lists. */
  readonly chunk: boolean
  /** Its claim, if it was sent ahead: it waits in the worker until the call before it ended, and may be taken back. Else -1. */
  readonly claim: number
}

/**
 * Calls of one message, laid out flat: id, slot, fn, attempt (negative for a chunk), claim, number of arguments, the arguments; and so on.
 * One flat array takes a seventh of the time to clone that a list of small objects takes, and cloning is most of what a small call costs.
 */
export type FlatCalls = unknown[]

export function appendCall(flat: FlatCalls, call: CallMessage): void {
  const { args } = call
  flat.push(call.id, call.slot, call.fn, call.chunk ? -call.attempt : call.attempt, call.claim, args.length)
  for (let i = 0; i < args.length; i += 1) flat.push(args[i])
}

export function* readCalls(flat: FlatCalls): Generator<CallMessage, void, undefined> {
  for (let i = 0; i < flat.length;) {
    const [id, slot, fn, attempt, claim, count] = flat.slice(i, i + 6) as [number, number, number, number, number, number]
    yield { id, slot, fn, attempt: Math.abs(attempt), chunk: attempt < 0, claim, args: flat.slice(i + 6, i + 6 + count) }
    i += 6 + count
  }
}

/** Results of one message, laid out flat: id, whether it failed, value or ErrorEnvelope; and so on. */
export type FlatResults = unknown[]

/** What became of one item of a chunk. */
export type ChunkItem = readonly [failed: false, value: unknown] | readonly [failed: true, error: ErrorEnvelope]

/** Where Buffers were, for those calls or results of a message that have any. */
export type BufferPlacesById = readonly (readonly [id: number, places: BufferPlaces])[]

export type ToWorker =
  | {
      readonly type: 'calls'
      readonly functions: readonly (readonly [id: number, reference: TaskReference])[]
      readonly calls: FlatCalls
      readonly buffers?: BufferPlacesById
    }
  | { readonly type: 'abort'; readonly id: number; readonly reason: ErrorEnvelope }
  /** Are you there? A worker in an endless loop is not. */
  | { readonly type: 'ping' }
  /** There is nothing more to do: exit. */
  | { readonly type: 'stop' }

export type FromWorker =
  | { readonly type: 'hello' }
  /** Imports and initializer are done. */
  | { readonly type: 'ready' }
  | { readonly type: 'unusable'; readonly during: 'import' | 'initializer'; readonly error: ErrorEnvelope }
  /** `busy`: ms from the first to the last of these calls. */
  | { readonly type: 'results'; readonly results: FlatResults; readonly busy: number; readonly buffers?: BufferPlacesById }
  | { readonly type: 'report'; readonly id: number; readonly value: unknown; readonly buffers?: BufferPlaces }
  | { readonly type: 'pong' }
  /** A task called process.exit(code). The worker goes when its other calls are done. */
  | { readonly type: 'exiting'; readonly id: number; readonly exitCode: number }
  /**
   * The last words of a worker that dies of an error nobody caught, and which calls had begun. Where the error is that a message could not be
   * read, `waiting` are the other calls it knows of; those it does not know of may have been in that message.
   */
  | {
      readonly type: 'dying'
      readonly error: ErrorEnvelope
      readonly running: readonly number[]
      readonly waiting?: readonly number[]
    }
