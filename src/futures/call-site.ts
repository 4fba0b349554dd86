/**
 * Where calls were submitted, for the stack of an error that comes back from a worker.
 *
 * Capturing a stack takes 5 to 100 µs, as deep as it is and as many promises are behind it: more than a small call costs altogether. So there is a budget: {@link BURST} at once
 * and one more every {@link INTERVAL} ms. Whoever submits faster than that finds the origin in some of the errors instead of in all of them.
 */
const BURST = 100
const INTERVAL = 100

let left = BURST
let countedAt = 0

/** The place that called `method`, as an object with a `stack` that is made into text only if somebody reads it. */
export function callSite(method: (...args: never[]) => unknown): { readonly stack?: string } | undefined {
  if (left < 1) {
    const now = performance.now()
    if (now - countedAt < INTERVAL) return undefined
    left = Math.min(BURST, (now - countedAt) / INTERVAL)
    countedAt = now
  }
  left -= 1
  const site = {}
  Error.captureStackTrace(site, method)
  return site
}
