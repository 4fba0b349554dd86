/**
 * What a pool and its workers say to each other. Plain data: it passes the structured clone between threads and V8's serializer between
 * processes. Calls and results travel in batches, one message for all that came up in one turn of the event loop.
 */
import type { ErrorEnvelope } from '../error-envelope.js'
import type { BufferPlaces } from '../payload.js'
import type { TaskReference } from '../task.js'

/** What a worker is told at birth. */
export interface WorkerSetup {
  /** Sent back in the greeting: proof that the file that was started is a worker of ours. */
  readonly token: string
  readonly pool: string
  /** Calls it may run at once. */
  readonly capacity: number
  readonly allowNested: boolean
  /** Modules to import before anything else. */
  readonly imports: readonly string[]
  readonly initializer?: TaskReference
  readonly initargs: readonly unknown[]
  /** Shared claims for calls that are sent ahead (claims.ts); threads only. */
  readonly claims?: Int32Array
}

export type CallMessage = readonly [
  id: number,
  /** Number of the slot, which makes the worker's name. */
  slot: number,
  /** Number of the function, announced by a `functions` entry of this or an earlier message. */
  fn: number,
  args: unknown[],
  attempt: number,
  chunk: boolean,
  /** Its claim, if it was sent ahead: it waits here until the call before it ended, and may be taken back. Else -1. */
  claim: number,
  buffers: BufferPlaces | undefined,
]

export type ResultMessage =
  | readonly [id: number, failed: false, value: unknown, buffers: BufferPlaces | undefined]
  | readonly [id: number, failed: true, error: ErrorEnvelope]

export type ToWorker =
  | {
      readonly type: 'calls'
      readonly functions: readonly (readonly [id: number, reference: TaskReference])[]
      readonly calls: readonly CallMessage[]
    }
  | { readonly type: 'abort'; readonly id: number; readonly reason: ErrorEnvelope }
  /** Are you there? A worker in an endless loop is not. */
  | { readonly type: 'ping' }
  /** There is nothing more to do: exit. */
  | { readonly type: 'stop' }

export type FromWorker =
  | { readonly type: 'hello'; readonly token: string }
  /** Imports and initializer are done. */
  | { readonly type: 'ready' }
  | { readonly type: 'unusable'; readonly during: 'import' | 'initializer'; readonly error: ErrorEnvelope }
  /** `busy`: ms from the first to the last of these calls. */
  | { readonly type: 'results'; readonly results: readonly ResultMessage[]; readonly busy: number }
  | { readonly type: 'report'; readonly id: number; readonly value: unknown }
  | { readonly type: 'pong' }
  /** A task called process.exit(code). The worker goes when its other calls are done. */
  | { readonly type: 'exiting'; readonly id: number; readonly exitCode: number }
  /** The last words of a worker that dies of an error nobody caught. */
  | { readonly type: 'dying'; readonly error: ErrorEnvelope }
