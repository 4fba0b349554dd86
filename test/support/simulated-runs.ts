import type { BarStatus, TimelineBar, TimelineRun } from '../../src/timeline/index.js'

/** What a simulated run is like; times in milliseconds. */
export interface Simulation {
  readonly concurrency?: number
  readonly delay?: number
  readonly body?: number
  readonly connect?: number
  readonly ready?: number
  /** How the call for a label ends; `ok` if it says nothing. */
  readonly status?: (label: string, i: number) => BarStatus
}

/** `n` different labels of two letters, in order: AA, AB, … */
export function labels(n: number): string[] {
  return Array.from({ length: n }, (_, i) => String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26)))
}

/** One run as a perfect executor would do it: every call takes the same time, and the first free worker takes the next call. */
export function simulatedRun(name: string, codes: readonly string[], simulation: Simulation = {}): TimelineRun {
  const { concurrency = 1, delay = 400, body = 2, connect = 0, ready = 0, status = () => 'ok' } = simulation
  const free = Array.from({ length: concurrency }, () => ready)
  const bars = codes.map((label, i): TimelineBar => {
    const start = Math.min(...free)
    const worker = free.indexOf(start)
    const end = start + connect + delay + body
    free[worker] = end
    const outcome = status(label, i)
    return {
      label,
      start,
      ...(connect > 0 ? { connected: start + connect } : {}),
      firstByte: start + connect + delay,
      end,
      status: outcome,
      worker: `${name}_${worker}`,
      ...(outcome === 'ok' ? { bytes: 3000 } : {}),
      ...(outcome === 'error' ? { note: 'HTTP 418' } : {}),
    }
  })
  const elapsed = Math.max(0, ...bars.map(({ end }) => end)) + 3
  return { name, how: how(concurrency), concurrency, elapsed, bars, ...(ready > 0 ? { ready } : {}) }
}

function how(concurrency: number): string {
  return concurrency === 1 ? 'one at a time' : `${concurrency} at once`
}

/** The four styles on one job, as the comparison shows them. */
export function fourRuns(codes: readonly string[], simulation: Simulation = {}): TimelineRun[] {
  const concurrency = simulation.concurrency ?? 20
  const sequential = simulatedRun('sequential', codes, { ...simulation, concurrency: 1 })
  const others = [
    simulatedRun('async', codes, { ...simulation, concurrency }),
    simulatedRun('threads', codes, { ...simulation, concurrency, ready: 70 }),
    simulatedRun('processes', codes, { ...simulation, concurrency, ready: 130 }),
  ]
  return [sequential, ...others.map((run) => ({ ...run, faster: sequential.elapsed / run.elapsed }))]
}
