/**
 * The fetcher and the sink of a run, in the thread where its downloads run. Opened at the first job, kept for all of the run: connections
 * and folders are worth keeping. A thread serves few runs at a time; the tools of runs long past are closed.
 */
import type { Fetcher } from './fetch/fetcher.js'
import { openFetcher } from './fetch/open-fetcher.js'
import type { Plan } from './plan.js'
import { newSink } from './sink/new-sink.js'
import type { Sink } from './sink/sink.js'

export interface Tools {
  readonly fetcher: Fetcher
  readonly sink: Sink
}

/** Runs whose tools one thread keeps. */
const MAX_RUNS = 4

const open = new Map<string, Tools | Promise<Tools>>()

/** The tools of the plan's run, in this thread. A promise only the first time. */
export function toolsFor(plan: Plan): Tools | Promise<Tools> {
  const known = open.get(plan.key)
  if (known !== undefined) return known
  const tools = openTools(plan)
  hold(plan.key, tools)
  tools.then(
    (opened) => {
      if (open.get(plan.key) === tools) open.set(plan.key, opened)
    },
    // Whoever asked is told; the next one tries again.
    () => open.delete(plan.key),
  )
  return tools
}

/** Opens what a plan asks for, unless the caller has one. */
export async function openTools(plan: Plan, fetcher?: Fetcher, sink?: Sink): Promise<Tools> {
  return { fetcher: fetcher ?? (await openFetcher(plan.fetch)), sink: sink ?? (await newSink(plan.sink)) }
}

/** Gives a run tools of the caller's own; for runs whose downloads stay in this thread. */
export function useTools(key: string, tools: Tools): void {
  hold(key, tools)
}

function hold(key: string, tools: Tools | Promise<Tools>): void {
  open.set(key, tools)
  if (open.size <= MAX_RUNS) return
  const [oldest] = open.keys()
  if (oldest !== undefined) void closeTools(oldest)
}

/** Closes what the run opened in this thread. @throws {RunError} the cookies cannot be written */
export async function closeTools(key: string, keepsCookies = false): Promise<void> {
  const held = open.get(key)
  open.delete(key)
  if (held === undefined) return
  // One that was never opened has told so to whoever asked for it.
  const tools = await Promise.resolve(held).catch(() => undefined)
  if (tools === undefined) return
  try {
    if (keepsCookies) tools.fetcher.saveCookies?.()
  } finally {
    await tools.fetcher.close()
    await tools.sink.close()
  }
}
