import { AsyncResource } from 'node:async_hooks'

/** Runs something in the async context in which it was captured. */
export type AsyncContext = <A extends unknown[], R>(fn: (...args: A) => R, ...args: A) => R

/**
 * The async context of whoever calls this. What AsyncLocalStorage.snapshot() gives, without the bound function that takes Node.js 20 a hundred
 * times as long to make.
 */
export function captureContext(): AsyncContext {
  const resource = new AsyncResource('halyard')
  return (fn, ...args) => resource.runInAsyncScope(fn, undefined, ...args)
}
