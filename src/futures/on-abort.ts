/**
 * Listens to an AbortSignal. However many calls share one signal, it gets one listener: a thousand of them would be slow to remove one by one,
 * and Node.js warns of a leak from the eleventh.
 */
const listening = new WeakMap<AbortSignal, Set<(reason: unknown) => void>>()

/** Calls `then` with the signal's reason when it aborts. Returns what stops that. */
export function onAbort(signal: AbortSignal | undefined, then: (reason: unknown) => void): () => void {
  if (signal === undefined) return () => undefined
  const found = listening.get(signal)
  const listeners = found ?? new Set<(reason: unknown) => void>()
  if (found === undefined) {
    listening.set(signal, listeners)
    signal.addEventListener('abort', tellAll, { once: true })
  }
  listeners.add(then)
  return () => {
    if (!listeners.delete(then) || listeners.size > 0 || listening.get(signal) !== listeners) return
    listening.delete(signal)
    signal.removeEventListener('abort', tellAll)
  }
}

function tellAll(this: AbortSignal): void {
  const listeners = listening.get(this) ?? []
  listening.delete(this)
  for (const listener of listeners) listener(this.reason)
}
