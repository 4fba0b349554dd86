/**
 * What a timeline is drawn from: plain data, as it may come out of a file or another process. Every time is in milliseconds
 * since the run it belongs to began.
 */

/** How one call ended. `not-found` is a normal answer of a server, not a failure of the run. */
export type BarStatus = 'ok' | 'not-found' | 'error'

/** One call: one bar of the picture. */
export interface TimelineBar {
  /** What was asked for, short: a country code. The same label stands on the same row in every run. */
  readonly label: string
  /** The call began to run: a worker took it. Before that it waited its turn. */
  readonly start: number
  /** The connection stood and the request could leave, if making it took time. */
  readonly connected?: number
  /** The first byte of the answer came; absent if none ever did. */
  readonly firstByte?: number
  /** The call was over: everything received and stored, or given up. */
  readonly end: number
  readonly status: BarStatus
  /** Size of the body in bytes. */
  readonly bytes?: number
  /** Name of the worker that ran the call. */
  readonly worker?: string
  /** What carried that worker, where several could, in a letter or two: `t1` for a thread. */
  readonly carrier?: string
  /** What went wrong, in a few words. */
  readonly note?: string
}

/** One run of the whole job in one style: one panel of the picture. */
export interface TimelineRun {
  /** Name of the style: `threads`. */
  readonly name: string
  /** How it went about it: `20 at once on 2 threads`. */
  readonly how?: string
  /** How many calls were allowed to run at once. */
  readonly concurrency: number
  /** From beginning to end of the run, in milliseconds; the last bar may end earlier, never later. */
  readonly elapsed: number
  /** When the first worker could take a call, if starting workers took time. */
  readonly ready?: number
  /** How many times faster than the run everything is compared with. */
  readonly faster?: number
  /** The calls in the order of the job's list. */
  readonly bars: readonly TimelineBar[]
  /** Why the run as a whole came to nothing. */
  readonly failure?: string
}

/** The four stretches of one call, in milliseconds since the run began; each ends where the next begins. */
export interface Phases {
  /** From the beginning of the run until a worker took the call: `[0, started]`. */
  readonly started: number
  /** Until the connection stood. */
  readonly connected: number
  /** Until the first byte came: the server's time. Without a first byte this stretches to the end. */
  readonly answered: number
  /** Until the call was over: the body's time. */
  readonly ended: number
}

/** Splits a bar into waiting, connecting, server and body. Clocks of different processes may disagree by a hair, so the order is enforced. */
export function phases(bar: TimelineBar): Phases {
  const started = Math.max(0, bar.start)
  const ended = Math.max(started, bar.end)
  const connected = Math.min(ended, Math.max(started, bar.connected ?? started))
  const answered = Math.min(ended, Math.max(connected, bar.firstByte ?? bar.end))
  return { started, connected, answered, ended }
}

/** The bars of a run by row: row `i` holds what was asked for as `rows[i]`, or nothing if that call never ran. */
export function byRow(run: TimelineRun, rows: readonly string[]): ReadonlyMap<number, TimelineBar> {
  const index = new Map(rows.map((key, row) => [key, row]))
  return new Map(rowKeys(run.bars).map((key, i) => [index.get(key) ?? -1, run.bars[i] as TimelineBar]))
}

/** One key per row of the whole picture: every label of every run, in order of appearance; a label asked for twice has two rows. */
export function rowsOf(runs: readonly TimelineRun[]): readonly string[] {
  return [...new Set(runs.flatMap((run) => rowKeys(run.bars)))]
}

function rowKeys(bars: readonly TimelineBar[]): string[] {
  const seen = new Map<string, number>()
  return bars.map(({ label }) => {
    const times = seen.get(label) ?? 0
    seen.set(label, times + 1)
    return times === 0 ? label : `${label}\n${times}`
  })
}

/** How many calls of a run ended in each way. */
export function counts(run: TimelineRun): Readonly<Record<BarStatus, number>> {
  const count: Record<BarStatus, number> = { ok: 0, 'not-found': 0, error: 0 }
  for (const bar of run.bars) count[bar.status] += 1
  return count
}

/**
 * Refuses what cannot be drawn.
 * @throws TypeError naming the offending value, when a time is not a finite number.
 */
export function checkRuns(runs: readonly TimelineRun[]): void {
  if (runs.length === 0) throw new TypeError('Expected `runs` to hold at least one run, got none')
  runs.forEach((run, r) => {
    checkTime(`runs[${r}].elapsed`, run.elapsed)
    if (run.ready !== undefined) checkTime(`runs[${r}].ready`, run.ready)
    run.bars.forEach((bar, b) => {
      for (const moment of ['start', 'connected', 'firstByte', 'end'] as const) {
        if (bar[moment] !== undefined) checkTime(`runs[${r}].bars[${b}].${moment}`, bar[moment])
      }
    })
  })
}

function checkTime(where: string, value: number): void {
  if (!Number.isFinite(value)) throw new TypeError(`Expected \`${where}\` to be a finite number of milliseconds, got ${value}`)
}
