/**
 * How a function is named, so that another thread, process or machine can find it.
 *
 * Python pickles a function by reference: its module and its name, never its code. So do we. For a plain exported function the reference is
 * found without any registration (function-location.ts); `task()` and `tasks()` are the explicit forms, for bundlers, minified code, closures
 * that are exported, and modules that should not be loaded on this side.
 */
import { inspect } from 'node:util'
import { TaskNotFoundError } from './errors.js'
import { locate } from './function-location.js'

/** Where a function is found: the module's URL and the name it is exported under. */
export interface TaskReference {
  readonly url: string
  readonly name: string
  /** The function's own text, where known: the worker refuses an export that reads differently. */
  readonly source?: string
}

const REFERENCE: unique symbol = Symbol.for('halyard.futures.taskReference') as never

/** A function of a module that is not loaded here. Submit it like a function; see {@link tasks}. */
export interface TaskRef<A extends unknown[], R> {
  /** Only for the type checker: there is no such property. */
  readonly __task?: (...args: A) => R
  readonly [REFERENCE]: TaskReference
}

/** Anything an executor can run. */
export type Callable<A extends unknown[], R> = ((...args: A) => R | PromiseLike<R>) | TaskRef<A, R>

/**
 * Names a function explicitly. It stays an ordinary function.
 * @param meta `import.meta` of the module that exports it
 * @param name the name it is exported under
 * @example export const downloadOne = task(import.meta, 'downloadOne', async (cc: string) => …)
 */
export function task<A extends unknown[], R>(
  meta: { readonly url: string },
  name: string,
  fn: (...args: A) => R,
): (...args: A) => R {
  if (typeof fn !== 'function') throw new TypeError(`Expected \`fn\` to be a function, got ${inspect(fn)}`)
  if (typeof meta?.url !== 'string')
    throw new TypeError('Expected `meta` to be import.meta of the module that exports the function')
  const reference: TaskReference = { url: meta.url, name }
  Object.defineProperty(fn, REFERENCE, { value: reference, configurable: true })
  return fn
}

/** The functions a module exports, as references. */
export type TasksOf<M> = {
  readonly [K in keyof M as M[K] extends (...args: never[]) => unknown ? K : never]: M[K] extends (...args: infer A) => infer R
    ? TaskRef<A, Awaited<R>>
    : never
}

/**
 * References to the functions of a module, without loading it on this side.
 * @param specifier path or URL of the module
 * @param base `import.meta.url` of the module that calls this; relative specifiers start there
 * @example const work = tasks<typeof import('./work.js')>('./work.js', import.meta.url); pool.submit(work.downloadOne, 'br')
 */
export function tasks<M>(specifier: string | URL, base?: string | URL): TasksOf<M> {
  const { href: url } = new URL(specifier, base)
  return new Proxy(Object.create(null) as TasksOf<M>, {
    // A `then` would make the whole object look like a promise.
    get: (_target, name) => (typeof name === 'string' && name !== 'then' ? { [REFERENCE]: { url, name } } : undefined),
  })
}

const cache = new WeakMap<object, TaskReference | TaskNotFoundError>()

/** Whether `x` can be handed to an executor at all. */
export function isCallable(x: unknown): x is Callable<unknown[], unknown> {
  return typeof x === 'function' || (typeof x === 'object' && x !== null && REFERENCE in x)
}

/** The explicit reference of a function or TaskRef, if it has one. */
export function explicitReference(x: unknown): TaskReference | undefined {
  return (x as { readonly [REFERENCE]?: TaskReference } | undefined)?.[REFERENCE]
}

/** How a function is called in messages. */
export function describeTask(x: unknown): string {
  return explicitReference(x)?.name ?? ((x as { name?: string } | undefined)?.name || 'an anonymous function')
}

/**
 * The reference of anything submitted, found once per function.
 * @throws TaskNotFoundError if it cannot be found from another thread or process; the message says why and what to do
 */
export function referenceOf(fn: object): TaskReference {
  let found = cache.get(fn)
  if (found === undefined) {
    try {
      found = explicitReference(fn) ?? byLocation(fn as (...args: unknown[]) => unknown)
    } catch (error) {
      if (!(error instanceof TaskNotFoundError)) throw error
      found = error
    }
    cache.set(fn, found)
  }
  if (found instanceof TaskNotFoundError) throw found
  return found
}

const ADVICE =
  'Export a function at the top level of its module and pass what it needs as arguments; ' +
  "or name it: export const name = task(import.meta, 'name', fn). SequentialExecutor and AsyncExecutor run any function."

function byLocation(fn: (...args: unknown[]) => unknown): TaskReference {
  const what = fn.name === '' ? 'An anonymous function' : `The function '${fn.name}'`
  const refuse = (why: string): TaskNotFoundError =>
    new TaskNotFoundError(`${what} cannot be sent to another thread or process: ${why}. ${ADVICE}`)
  const location = locate(fn)
  switch (location.kind) {
    case 'unavailable':
      throw refuse(`this Node.js has no inspector to find its module with (${location.why})`)
    case 'none':
      throw refuse('it is a bound or built-in function, which belongs to no module')
    case 'no-module':
      throw refuse(`its code comes from ${location.url === '' ? 'eval or the REPL' : location.url}, which cannot be imported`)
    case 'closure':
      throw refuse(`it uses variables of ${location.of} around it, and a closure's variables cannot travel (${location.url})`)
    case 'module':
      if (fn.name === '') throw refuse(`it has no name to find it by in ${location.url}`)
      if (location.isWrapped) return { url: location.url, name: fn.name }
      return { url: location.url, name: fn.name, source: Function.prototype.toString.call(fn) }
  }
}
