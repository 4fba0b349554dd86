/** Asking the garbage collector: is this object really forgotten? */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Collects until `forgotten()` holds; false if it never does. Each round gives finalizers and pending messages a turn. */
async function collectUntil(forgotten: () => boolean): Promise<boolean> {
  for (let round = 0; round < 20; round += 1) {
    collect()
    if (forgotten()) return true
    await new Promise(setImmediate)
  }
  return false
}

/** Whether everything behind these references can be collected. */
export const collected = (...references: readonly WeakRef<object>[]): Promise<boolean> =>
  collectUntil(() => references.every((reference) => reference.deref() === undefined))
