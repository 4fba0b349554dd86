/** Lists that a program hands over: an array, a generator, a stream of URLs. */
import { createHash } from 'node:crypto'
import { RunError } from '../errors.js'
import type { JobInput } from '../job.js'
import { BATCH } from './entries.js'
import { inputOf } from './input-of.js'
import type { Source, SourceEntry } from './source.js'

export type GivenItem = string | URL | JobInput
export type GivenList = Iterable<GivenItem> | AsyncIterable<GivenItem>

/**
 * Entries as the list has them; what is neither a URL nor an object with one is an entry with a problem. Only arrays have a fingerprint.
 *
 * What the list itself throws ends the run with RunError ERR_SOURCE, its error the cause.
 */
export function givenSource(list: GivenList): Source {
  return {
    batches: (signal) => (Symbol.asyncIterator in list ? asyncBatches(list, signal) : syncBatches(list, signal)),
    ...(Array.isArray(list) ? { expected: () => Promise.resolve(list.length) } : {}),
    fingerprint: () => Promise.resolve(Array.isArray(list) ? fingerprintOf(list as readonly unknown[]) : undefined),
  }
}

function entryOf(item: unknown): SourceEntry {
  if (typeof item === 'string') return { input: { url: item } }
  if (item instanceof URL) return { input: { url: item.href } }
  const input = inputOf(item)
  if (typeof input !== 'string') return { input }
  return { text: `(${item === null ? 'null' : typeof item})`, problem: { code: 'INVALID_ROW', message: input } }
}

const failed = (cause: unknown): RunError =>
  new RunError('ERR_SOURCE', `the list given failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })

// eslint-disable-next-line typescript/require-await
async function* syncBatches(list: Iterable<GivenItem>, signal?: AbortSignal): AsyncGenerator<readonly SourceEntry[]> {
  const iterator = list[Symbol.iterator]()
  let ended = false
  try {
    while (!ended) {
      signal?.throwIfAborted()
      const batch: SourceEntry[] = []
      while (!ended && batch.length < BATCH) {
        const next = guarded(() => iterator.next())
        if (next.done === true) ended = true
        else batch.push(entryOf(next.value))
      }
      if (batch.length > 0) yield batch
    }
  } finally {
    if (!ended) iterator.return?.()
  }
}

function guarded<Result>(step: () => Result): Result {
  try {
    return step()
  } catch (cause) {
    throw failed(cause)
  }
}

/** A batch ends where the list has nothing more to give in this turn of the event loop, so that a slow one is served as it comes. */
async function* asyncBatches(list: AsyncIterable<GivenItem>, signal?: AbortSignal): AsyncGenerator<readonly SourceEntry[]> {
  const iterator = list[Symbol.asyncIterator]()
  const aborted = whenAborted(signal)
  let pending: Promise<IteratorResult<GivenItem>> | undefined
  let ended = false
  try {
    while (!ended) {
      signal?.throwIfAborted()
      const batch: SourceEntry[] = []
      let turn: Promise<undefined> | undefined
      while (!ended && batch.length < BATCH) {
        pending ??= nextOf(iterator)
        const next: IteratorResult<GivenItem> | undefined = await Promise.race([pending, turn ?? aborted.promise])
        if (next === undefined) break
        pending = undefined
        if (next.done === true) ended = true
        else batch.push(entryOf(next.value))
        turn ??= new Promise((resolve) => setImmediate(resolve, undefined))
      }
      if (batch.length > 0) yield batch
    }
  } finally {
    aborted.forget()
    // Not awaited: a list that hangs would hold up the end of the run.
    if (!ended) void Promise.resolve(iterator.return?.()).catch(() => {})
  }
}

async function nextOf(iterator: AsyncIterator<GivenItem>): Promise<IteratorResult<GivenItem>> {
  try {
    return await iterator.next()
  } catch (cause) {
    throw failed(cause)
  }
}

/** Resolves, with nothing, when the signal aborts. */
function whenAborted(signal: AbortSignal | undefined): { readonly promise: Promise<undefined>; forget(): void } {
  let forget: (() => void) | undefined
  const promise = new Promise<undefined>((resolve) => {
    const stop = (): void => resolve(undefined)
    signal?.addEventListener('abort', stop, { once: true })
    forget = () => signal?.removeEventListener('abort', stop)
  })
  return { promise, forget: () => forget?.() }
}

function fingerprintOf(items: readonly unknown[]): string {
  const hash = createHash('sha256')
  let piece = ''
  for (const item of items) {
    piece += `${JSON.stringify(item) ?? 'undefined'}\n`
    if (piece.length < 65_536) continue
    hash.update(piece)
    piece = ''
  }
  return hash.update(piece).digest('hex')
}
