/**
 * Finds out where a function was written, with the inspector that is built into Node.js, from inside this process: no port is opened.
 *
 * V8 tells two things about a function that JavaScript does not: the script it came from, and its scopes. A function that captures
 * variables of a function around it has a closure scope; one that captures none has not, wherever it was written. That is exactly the
 * question of what may travel by name: two closures of one factory look alike in every other respect and yet compute different things.
 *
 * Costs 5 to 40 ms for the first function of a program, and again for one whose script was loaded since; under 1 ms otherwise.
 */
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Session } from 'node:inspector'

export type FunctionLocation =
  /** `isWrapped`: a tool such as vitest evaluates the module by itself, from text of its own making. */
  | { readonly kind: 'module'; readonly url: string; readonly isWrapped: boolean }
  | { readonly kind: 'closure'; readonly url: string; readonly of: string }
  | { readonly kind: 'no-module'; readonly url: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unavailable'; readonly why: string }

interface RemoteObject {
  readonly objectId?: string
  readonly value?: { readonly scriptId: string }
  readonly description?: string
}
interface Property {
  readonly name: string
  readonly value?: RemoteObject
}

const HANDLE = 'halyard.futures.locate'
const require = createRequire(import.meta.url)
let inspector: { readonly session: Session; readonly urls: Map<string, string> } | undefined

export function locate(fn: (...args: unknown[]) => unknown): FunctionLocation {
  try {
    inspector ??= connect()
  } catch (error) {
    return { kind: 'unavailable', why: String(error) }
  }
  const { session, urls } = inspector
  const globals = globalThis as Record<string, unknown>
  globals[HANDLE] = fn
  try {
    const expression = `globalThis[${JSON.stringify(HANDLE)}]`
    const { result } = post<{ result: RemoteObject }>(session, 'Runtime.evaluate', { expression, objectGroup: HANDLE })
    const internal = properties(session, result).internalProperties ?? []
    const scriptId = internal.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value?.scriptId
    if (scriptId !== undefined && !urls.has(scriptId)) listScripts(session, scriptId, urls)
    const script = scriptId === undefined ? undefined : urls.get(scriptId)
    if (script === undefined) return { kind: 'none' }
    const url = script.startsWith('/') ? pathToFileURL(script).href : script
    if (!/^(file|data|https?|node):/.test(url) || /\[eval\d*\]$/.test(url)) return { kind: 'no-module', url }
    const list = internal.find(({ name }) => name === '[[Scopes]]')?.value
    const scopes = list === undefined ? [] : properties(session, list).result.map(({ value }) => value?.description ?? '')
    const of = capturedFrom(scopes, fn, url)
    return of === undefined ? { kind: 'module', url, isWrapped: isWrapped(scopes) } : { kind: 'closure', url, of }
  } finally {
    delete globals[HANDLE]
    session.post('Runtime.releaseObjectGroup', { objectGroup: HANDLE })
  }
}

/** Whose variables a function captures, or undefined if only its module's. V8 lists scopes from the inside out. */
function capturedFrom(scopes: readonly string[], fn: unknown, url: string): string | undefined {
  const around = scopes.slice(0, Math.max(0, scopes.indexOf('Global')))
  const outermost = around.at(-1)
  if (outermost === undefined) return undefined
  if (outermost === 'Module' || outermost === 'Script') return around.length === 1 ? undefined : describe(around[0]!)
  if (isWrapped(scopes)) return undefined
  // A CommonJS module is a function itself, so its own variables are a closure's; what it exports is at hand, so that decides.
  return isCommonJSExport(fn, url) ? undefined : describe(around[0]!)
}

/** Node.js's own modules have a module scope (ESM) or a function's (CommonJS); a bare block is the inside of a tool's wrapper. */
function isWrapped(scopes: readonly string[]): boolean {
  return scopes.length === 2 && scopes[0] === 'Block' && scopes[1] === 'Global'
}

function isCommonJSExport(fn: unknown, url: string): boolean {
  if (!url.startsWith('file:')) return false
  const exported: unknown = require.cache[fileURLToPath(url)]?.exports
  if (exported === fn) return true
  return typeof exported === 'object' && exported !== null && Object.values(exported).includes(fn)
}

function describe(scope: string): string {
  const name = /^Closure \((.*)\)$/.exec(scope)?.[1]
  return name === undefined ? (scope === 'Block' ? 'a block' : 'a function') : `'${name}'`
}

function connect(): { readonly session: Session; readonly urls: Map<string, string> } {
  const { Session } = process.getBuiltinModule('node:inspector')
  const session = new Session()
  session.connect()
  const urls = new Map<string, string>()
  session.on('Debugger.scriptParsed', ({ params }) => {
    urls.set(params.scriptId, params.url)
  })
  return { session, urls }
}

/**
 * Learns the URL of a script, along with those of others. Best-effort coverage, of a profiler that was never switched on, takes a tenth of
 * the time, but leaves out a script of which no function has run since the last garbage collection. Enabling the debugger lists every
 * script, before it returns; it is not left on, for that would stop at `debugger` statements.
 */
function listScripts(session: Session, wanted: string, urls: Map<string, string>): void {
  const { result } = post<{ result: { readonly scriptId: string; readonly url: string }[] }>(
    session,
    'Profiler.getBestEffortCoverage',
  )
  for (const { scriptId, url } of result) urls.set(scriptId, url)
  if (urls.has(wanted)) return
  post(session, 'Debugger.enable')
  post(session, 'Debugger.disable')
}

function properties(session: Session, { objectId }: RemoteObject): { result: Property[]; internalProperties?: Property[] } {
  return post(session, 'Runtime.getProperties', { objectId, ownProperties: true })
}

/** Commands to the inspector of one's own thread are answered before post() returns. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- each command has its own answer
function post<R>(session: Session, method: string, params?: object): R {
  let answer: { error: Error | null; result: unknown } | undefined
  session.post(method, params, (error, result) => {
    answer = { error, result }
  })
  if (answer === undefined) throw new Error(`the inspector did not answer ${method}`)
  if (answer.error !== null) throw answer.error
  return answer.result as R
}
