/** One test, both kinds of pool: what holds between threads holds between processes. */
import assert from 'node:assert/strict'
import { after, test, type TestContext } from 'node:test'
import {
  BrokenProcessPoolError,
  BrokenThreadPoolError,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  type BrokenExecutorError,
  type ProcessPoolOptions,
  type ThreadPoolOptions,
} from 'halyard/futures'
import { thorough } from './thorough.js'

export type Kind = 'threads' | 'processes'
export const kinds: readonly Kind[] = ['threads', 'processes']
export type Pool = ThreadPoolExecutor | ProcessPoolExecutor

/** Of both kinds one is drawn: processes, which take three times as long to start, in a third of the runs. A thorough run takes both. */
function drawn(able: readonly Kind[]): readonly Kind[] {
  if (thorough || able.length < 2) return able
  return [Math.random() < 1 / 3 ? 'processes' : 'threads']
}

/** The kinds of which a whole program is written for each: one of them, or in a thorough run both. */
export const drawnKinds = (): readonly Kind[] => drawn(kinds)

/** The options of both kinds; each kind takes its own. */
export type Options = ThreadPoolOptions & ProcessPoolOptions

export interface Scene {
  readonly t: TestContext
  readonly kind: Kind
  /** Opens a pool of this kind; whatever the test does, it is dead when the test is over. */
  open(options?: Options): Pool
  /**
   * A pool with one worker that other tests had before and will have after: its worker may die in it, if another one has taken its place in
   * the end. Saves most tests the start of a worker.
   */
  take(): Pool
  /** A pool with one worker that carries `calls` calls at a time. */
  openShared(calls: number, options?: Options): Pool
  /** What dies in this kind of pool is reported with this class. */
  readonly BrokenPoolError: new (message: string) => BrokenExecutorError
}

function open(t: TestContext, kind: Kind, options: Options, callsPerWorker: number): Pool {
  const shared =
    callsPerWorker === 1 ? options : { ...options, maxWorkers: callsPerWorker, threads: 1, callsPerProcess: callsPerWorker }
  const pool = kind === 'threads' ? new ThreadPoolExecutor(shared) : new ProcessPoolExecutor(shared)
  // Not awaited: a pool that cannot even be killed must fail its own test, not this one.
  t.after(() => {
    pool.killWorkers().catch(() => {})
  })
  return pool
}

// A file of tests that leaves something running must not hold up the whole run: it says so and fails.
after(() => {
  const patience = setTimeout(() => {
    process.stderr.write(`This file left running: ${process.getActiveResourcesInfo().join(', ')}\n`)
    process.exit(1)
  }, 3_000)
  patience.unref()
})

/**
 * Declares the test for threads or for processes, drawn anew in each run; a thorough run takes both. What each kind must do in every run is in
 * the contracts (../futures/contract), and in `testOnePool`.
 */
export function testPools(
  title: string,
  body: (scene: Scene) => Promise<void>,
  options: { timeout?: number; skip?: Partial<Record<Kind, string>> } = {},
): void {
  const { timeout = 15_000, skip } = options
  // A kind that has no such behaviour says so in every run, and is never the one that is drawn.
  const refusing = kinds.filter((kind) => skip?.[kind] !== undefined)
  const able = kinds.filter((kind) => skip?.[kind] === undefined)
  for (const kind of [...refusing, ...drawn(able)]) {
    test(`${title} (${kind})`, { timeout, skip: skip?.[kind] ?? false }, (t) =>
      borrowing(kind, (take) =>
        body({
          t,
          kind,
          open: (poolOptions = {}) => open(t, kind, poolOptions, 1),
          take,
          openShared: (calls, poolOptions = {}) => open(t, kind, poolOptions, calls),
          BrokenPoolError: kind === 'threads' ? BrokenThreadPoolError : BrokenProcessPoolError,
        }),
      ),
    )
  }
}

const shared = new Map<Kind, Pool>()
after(() => Promise.all([...shared.values()].map((pool) => pool.shutdown())))

/** Lends the shared pool of a kind. It comes back for the next test only if it is as good as a new one that has been used. */
async function borrowing(kind: Kind, body: (take: () => Pool) => Promise<void>): Promise<void> {
  let lent: Pool | undefined
  let isGood = false
  const take = (): Pool => {
    lent = shared.get(kind) ?? (kind === 'threads' ? new ThreadPoolExecutor(1) : new ProcessPoolExecutor(1))
    shared.delete(kind)
    return lent
  }
  try {
    await body(take)
    isGood = true
  } finally {
    if (lent !== undefined) {
      const { workers, busy, queued } = lent.stats
      if (isGood && workers === 1 && busy === 0 && queued === 0) shared.set(kind, lent)
      else lent.killWorkers().catch(() => {})
    }
  }
}

/**
 * Declares the test once for threads and once for processes. All such tests of a file use one pool of a kind, with one worker, which none of
 * them may hurt; that saves most of their time.
 */
export function testOnePool(title: string, body: (pool: Pool, t: TestContext) => Promise<void>): void {
  for (const kind of kinds) {
    test(`${title} (${kind})`, { timeout: 15_000 }, (t) => borrowing(kind, (take) => body(take(), t)))
  }
}

/** The error a promise or future rejects with; a value instead is a failed test. Safe for futures: they are never returned from here. */
export async function rejection(failing: PromiseLike<unknown>): Promise<unknown> {
  try {
    const value = await failing
    assert.fail(`expected a rejection, got the value ${JSON.stringify(value)}`)
  } catch (error) {
    if (error instanceof assert.AssertionError && error.message.startsWith('expected a rejection')) throw error
    return error
  }
}

/** The same for what must reject with an Error of a given class. */
export async function rejectionOf<E extends Error>(
  ErrorClass: abstract new (...args: never[]) => E,
  failing: PromiseLike<unknown>,
): Promise<E> {
  const error = await rejection(failing)
  if (!(error instanceof ErrorClass)) {
    assert.fail(`expected a ${ErrorClass.name}, got ${error instanceof Error ? error.stack : JSON.stringify(error)}`)
  }
  return error
}

/** Every error from `error` down its causes. */
export function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let current = error; current !== undefined && current !== null && chain.length < 50;) {
    chain.push(current)
    current = current instanceof Error ? current.cause : undefined
  }
  return chain
}
