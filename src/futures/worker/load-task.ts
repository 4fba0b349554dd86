import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { TaskNotFoundError } from '../errors.js'
import type { TaskReference } from '../task.js'

export type TaskFunction = (...args: unknown[]) => unknown

/** Imports the module of a task and finds the function in it. What the module itself throws is thrown as it is. */
export async function loadTask(reference: TaskReference): Promise<TaskFunction> {
  const { url, name, source } = reference
  const module = await importModule(url)
  const exported = exportsOf(module)
  const found =
    exported.get(name) ?? (source === undefined ? undefined : [...exported.values()].find((value) => textOf(value) === source))
  const names = [...exported.keys()].filter((key) => key !== 'module.exports')
  const list = names.length === 0 ? 'it exports nothing' : `it exports ${names.map((key) => `'${key}'`).join(', ')}`
  if (typeof found !== 'function')
    throw new TaskNotFoundError(notFound(`'${name}' is not a function exported by ${url}; ${list}`))
  if (source !== undefined && textOf(found) !== source) {
    throw new TaskNotFoundError(notFound(`the '${name}' that ${url} exports is another function than the one submitted; ${list}`))
  }
  return found as TaskFunction
}

const notFound = (why: string): string =>
  `${why}. Export the function at the top level of its module, or name it: export const name = task(import.meta, 'name', fn). ` +
  'SequentialExecutor and AsyncExecutor run any function.'

/** Imports a module by URL; a TypeScript source too, where the running Node.js or the project's tsx can. */
export async function importModule(url: string): Promise<Record<string, unknown>> {
  if (/\.[cm]?tsx?(\?|$)/.test(url) && !loadsTypeScript()) await registerTsx(url)
  return (await import(url)) as Record<string, unknown>
}

/** Own exports first, then the properties of a CommonJS module's `module.exports`. */
function exportsOf(module: Record<string, unknown>): Map<string, unknown> {
  const exported = new Map<string, unknown>()
  const { default: fallback } = module
  if (typeof fallback === 'object' && fallback !== null)
    for (const [key, value] of Object.entries(fallback)) exported.set(key, value)
  for (const [key, value] of Object.entries(module)) exported.set(key, value)
  return exported
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'function' ? Function.prototype.toString.call(value) : undefined
}

function loadsTypeScript(): boolean {
  return Boolean((process.features as { readonly typescript?: unknown }).typescript)
}

let tsx: Promise<void> | undefined

/**
 * On Node.js 20 a worker thread does not inherit the loader that `tsx main.ts` installed, not even through execArgv; only tsx's own API,
 * called before the import, works.
 */
function registerTsx(url: string): Promise<void> {
  tsx ??= (async () => {
    const manifest = findTsx(url)
    if (manifest === undefined) {
      tsx = undefined
      throw new TaskNotFoundError(
        `${url} is TypeScript, which this Node.js (${process.version}) cannot run. Install tsx in the project (npm i -D tsx), ` +
          'use Node.js 22.18 or later, or submit the compiled JavaScript.',
      )
    }
    // require.resolve() would give the CommonJS half of the package, which does not register.
    const { exports } = createRequire(manifest)(manifest) as { exports: { './esm/api': { import: { default: string } } } }
    const api = new URL(exports['./esm/api'].import.default, pathToFileURL(manifest))
    const { register } = (await import(api.href)) as { register: () => unknown }
    register()
  })()
  return tsx
}

/** tsx's package.json, as seen from the task's own project or from where the program runs. */
function findTsx(url: string): string | undefined {
  for (const from of [url, pathToFileURL(`${process.cwd()}/`)]) {
    try {
      return createRequire(from).resolve('tsx/package.json')
    } catch {
      // Not there.
    }
  }
  return undefined
}
