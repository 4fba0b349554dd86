import type { StopSignal } from '../../futures/index.js'

const shared = new WeakMap<StopSignal, Set<() => void>>()

/**
 * Calls `listener` when the signal aborts. Returns what stops that.
 *
 * However many transfers share an AbortSignal, it gets one listener: Node.js warns of a leak from the eleventh.
 */
export function onStop(signal: StopSignal, listener: () => void): () => void {
  if (!(signal instanceof EventTarget)) {
    signal.addEventListener('abort', listener)
    return () => signal.removeEventListener('abort', listener)
  }
  const listeners = shared.get(signal) ?? listen(signal)
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function listen(signal: StopSignal): Set<() => void> {
  const listeners = new Set<() => void>()
  shared.set(signal, listeners)
  signal.addEventListener('abort', () => {
    for (const listener of listeners) listener()
  })
  return listeners
}
