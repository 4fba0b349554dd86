/** How a run is shown while it goes on: talk on stderr, data on stdout. */
import type { RunEvent } from '../../download/index.js'
import {
  eventLine,
  eventText,
  jsonLine,
  LiveLines,
  onlyAscii,
  plainProgress,
  progressLines,
  RunProgress,
  stateLine,
} from '../../report/index.js'
import { type Terminal, terminalOf } from '../terminal.js'
import type { GetJob } from './get-job.js'
import { LineWriter } from './line-writer.js'
import { pathLine } from './path-line.js'

/** Shows a run. */
export interface RunDisplay {
  readonly progress: RunProgress
  readonly terminal: Terminal
  /** Takes an event of the run. */
  readonly event: (event: RunEvent) => void
  /** Says something, in a line that stays. */
  readonly say: (line: string) => void
  /** The run is over: the last line of what programs read. */
  readonly end: (summary: object) => void
  /** The progress goes; what was written stays. Idempotent. */
  readonly close: () => void
}

/** ms between two `state` lines. */
const STATE = 1_000

/** Begins to show a run as the job asks for it, or as suits stdout and stderr. */
export function showRun({ progress: asked, quiet, verbose, output }: GetJob, now: () => number): RunDisplay {
  const terminal = terminalOf(process.stderr, process.env, process.platform)
  const kind = asked === 'auto' ? (terminal.live ? 'bar' : 'plain') : asked
  const progress = new RunProgress(now())
  const view = (): ReturnType<RunProgress['view']> => progress.view(now())
  const data = new LineWriter(process.stdout)
  const endings: (() => void)[] = [() => data.flush()]
  let write = writeStderr

  if (kind === 'bar' && !quiet) {
    const { ascii } = terminal
    const lines = (columns: number, rows: number): string[] => progressLines(view(), now(), { columns, rows, ascii })
    const live = new LiveLines({ stream: process.stderr, lines })
    write = (text) => live.print(text)
    endings.push(() => live.close())
  } else if (kind === 'plain' && !quiet) {
    endings.push(plainProgress({ stream: process.stderr, view }))
  } else if (kind === 'json') {
    const timer = setInterval(() => data.write(stateLine(view())), STATE).unref()
    endings.push(() => clearInterval(timer))
  }

  const say = (line: string): void => write(`${terminal.ascii ? onlyAscii(line) : line}\n`)
  const dataLine = kind === 'json' ? eventLine : quiet || process.stdout.isTTY ? undefined : pathLine(output)
  const close = (): void => {
    for (const end of endings.splice(0).toReversed()) end()
  }
  return {
    progress,
    terminal,
    event: (event) => {
      progress.take(event, now())
      const line = dataLine?.(event)
      if (line !== undefined) data.write(line)
      const text = verbose || (event.type === 'notice' && !quiet) ? eventText(event) : undefined
      if (text !== undefined) say(text)
    },
    say,
    end: (summary) => {
      close()
      if (kind === 'json') process.stdout.write(jsonLine({ type: 'summary', ...summary }))
    },
    close,
  }
}

function writeStderr(text: string): void {
  process.stderr.write(text)
}
