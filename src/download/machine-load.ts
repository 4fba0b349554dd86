/** How busy this side is: read now and then by the schedule, which must know when more at once cannot bring more. */

/** ms for which a reading holds. */
const INTERVAL = 50

/**
 * A meter from 0 (idle) to 1: the share of the time in which the event loop of this thread had no pause, or, where `threads` share the
 * downloads, the processor time of this process for each of them, if that is more. Of other processes it knows nothing.
 */
export function loadMeter(threads: number): () => number {
  let loop = performance.eventLoopUtilization()
  let spent = process.cpuUsage()
  let readAt = performance.now()
  let load = 0
  return () => {
    const now = performance.now()
    const elapsed = now - readAt
    if (elapsed < INTERVAL) return load
    const loopNow = performance.eventLoopUtilization()
    load = performance.eventLoopUtilization(loopNow, loop).utilization
    if (threads > 1) {
      const { user, system } = process.cpuUsage(spent)
      load = Math.max(load, (user + system) / 1000 / elapsed / threads)
    }
    loop = loopNow
    spent = process.cpuUsage()
    readAt = now
    return load
  }
}
