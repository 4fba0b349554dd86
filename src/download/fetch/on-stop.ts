import { onAbort } from '../../futures/inside.js'
import type { StopSignal } from '../../futures/index.js'

/** Calls `listener` when the signal aborts; an AbortSignal may be that of thousands of transfers. Returns what stops that. */
export function onStop(signal: StopSignal, listener: () => void): () => void {
  if (signal instanceof AbortSignal) return onAbort(signal, listener)
  signal.addEventListener('abort', listener)
  return () => signal.removeEventListener('abort', listener)
}
