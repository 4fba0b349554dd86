/**
 * Where calls were submitted, for the stack of an error that comes back from a worker.
 *
 * Capturing a stack takes 4-5 µs, half of what a small call costs altogether. So there is a budget: {@link BURST} at once and one more every
 * ms. Whoever submits faster than that finds the origin in some of the errors instead of in all of them.
 */
const BURST = 100

let left = BURST
let countedAt = 0

/** The place that called `method`, as an object with a `stack` that is made into text only if somebody reads it. */
export function callSite(method: (...args: never[]) => unknown): { readonly stack?: string } | undefined {
  if (left < 1) {
    const now = performance.now()
    if (now - countedAt < 1) return undefined
    left = Math.min(BURST, now - countedAt)
    countedAt = now
  }
  left -= 1
  const site = {}
  Error.captureStackTrace(site, method)
  return site
}
