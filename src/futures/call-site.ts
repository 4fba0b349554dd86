/**
 * Where calls were submitted, for the stack of an error that comes back from a worker.
 *
 * Capturing a stack takes 5 to 100 µs, as deep as it is and as many promises are behind it: more than a small call costs altogether. So there
 * is a budget: {@link SHARE} of the time, saved up to {@link MOST} ms. Whoever submits faster than that finds the origin in some of the errors
 * instead of in all of them.
 */
const SHARE = 0.01
const MOST = 10

/** ms that may still be spent. */
let left = MOST
let countedAt = 0

/** The place that called `method`, as an object with a `stack` that is made into text only if somebody reads it. */
export function callSite(method: (...args: never[]) => unknown): { readonly stack?: string } | undefined {
  const now = performance.now()
  left = Math.min(MOST, left + (now - countedAt) * SHARE)
  countedAt = now
  if (left <= 0) return undefined
  const site = {}
  Error.captureStackTrace(site, method)
  left -= performance.now() - now
  return site
}
