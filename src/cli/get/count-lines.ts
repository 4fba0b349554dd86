import type { Source } from '../../download/index.js'

/** Lists beyond it are not read twice only to show how much of them is left. */
const LARGEST = 64 * 1024 * 1024
/** Bytes that are counted in no time. */
const SHORT = 256 * 1024

/**
 * Counts the lines of a list by reading it once more, for the time left. Undefined for what can be read only once, or is very long, or
 * cannot be read: the run reads it too, and says so.
 *
 * @param once - the list can be read only once
 * @param underWay - until then the run needs the processor itself, if the list is not short
 */
export async function countLines(
  list: Source | readonly unknown[],
  once: boolean,
  signal: AbortSignal,
  underWay: Promise<void>,
): Promise<number | undefined> {
  if (!('batches' in list)) return list.length
  if (once || (list.size ?? 0) > LARGEST) return undefined
  if ((list.size ?? 0) > SHORT) await underWay
  let count = 0
  try {
    for await (const batch of list.batches(signal)) {
      count += batch.length
      // The run comes first.
      await new Promise(setImmediate)
    }
  } catch {
    return undefined
  }
  return signal.aborted ? undefined : count
}
