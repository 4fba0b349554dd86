import type { Command } from '../commander.js'
import { printable } from '../../text/index.js'
import { runClosing, runSummary } from '../../report/index.js'
import {
  adviceOn,
  downloadMany,
  exportResults,
  openSource,
  RunError,
  type RunEvent,
  type RunErrorCode,
  type Summary,
} from '../../download/index.js'
import { EXIT, type ExitCode, RUN_EXITS } from '../exit-codes.js'
import { asTyped } from '../get/as-typed.js'
import { countLines } from '../get/count-lines.js'
import { type RunDisplay, showRun } from '../get/display.js'
import { fromStdin, type GetJob, meantGet } from '../get/get-job.js'
import { addGetOptions, asksForShortHelp, DESCRIPTION, GetCommand, HELP, SHORT_HELP } from '../get/help.js'
import { nextSteps, stepsAfter } from '../get/next-steps.js'
import { keepHeapSmall } from '../get/small-heap.js'
import { warnings } from '../get/warnings.js'
import { listenForInterruption } from '../interruption.js'
import { tell } from '../output.js'

/** `halyard get`: the engine at the command line. */
export function getCommand(exit: (code: ExitCode) => void): Command {
  const refuse = (message: string): never => command.error(`*** Usage error: ${message}`, { exitCode: EXIT.USAGE })
  const command: GetCommand = new GetCommand('get')
    .summary('download a list of URLs, each exactly once')
    .description(DESCRIPTION)
    .usage('[URL...] [-i FILE]... [-o DIR] [options]')
    .argument('[URL...]', 'addresses; {a,b} and [1-9] make several of one')
    .addHelpText('after', () => (asksForShortHelp() ? SHORT_HELP : HELP))
    .action(async (urls: string[], raw: Record<string, unknown>) => {
      const job = meantGet(urls, raw, process.env, refuse)
      try {
        exit(await get(job))
      } catch (error) {
        throw asTyped(error, job)
      }
    })
  return addGetOptions(command)
}

async function get(job: GetJob): Promise<ExitCode> {
  if (!job.quiet) for (const warning of warnings(job, process.env)) tell(`halyard: ${warning}`)
  const { wanted, options, output, results } = job
  const list = 'one' in wanted ? [wanted.one] : await openSource({ ...wanted.spec, stdin: process.stdin })
  if (job.dryRun) return await (await import('../get/dry-run.js')).preview(list, job)
  keepHeapSmall('batches' in list ? list.size : undefined)
  const { signal, exitCode } = listenForInterruption()
  const display = showRun(job, () => performance.now())
  // Whatever ends the program: the lines that are drawn again and again do not stay behind.
  process.once('exit', display.close)
  signal.addEventListener('abort', () => display.say(STOPPING), { once: true })
  try {
    let isUnderWay: (() => void) | undefined
    const underWay = new Promise<void>((resolve) => (isUnderWay = resolve))
    setTimeout(() => isUnderWay?.(), PATIENCE).unref()
    void countLines(list, fromStdin(wanted), signal, underWay).then((total) => (display.progress.total = total))
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'outcome') isUnderWay?.()
      display.event(event)
    }
    const summary = await downloadMany(list, { ...options, signal, onEvent }).summary
    if (results !== undefined && !summary.interrupted) await exportResults(output, results)
    const code = summary.interrupted ? (exitCode() ?? EXIT.FAILED) : verdict(summary)
    display.end(summary)
    if (!job.quiet || code !== EXIT.OK) report({ ...summary, output }, code, job, display)
    return code
  } catch (error) {
    display.close()
    const code = error instanceof RunError ? BROKE_OFF[error.code] : undefined
    const hasDone = display.progress.view(0).done > 0
    if (code === undefined || !(hasDone || code === EXIT.WORKERS)) throw error
    tell(`halyard: ${printable((error as RunError).message, '?')}\n`)
    const exit = { code, meaning: RUN_EXITS[code] }
    process.stderr.write(runClosing({ ...display.terminal, exit, next: stepsAfter(code, job) }))
    return code
  } finally {
    display.close()
    process.off('exit', display.close)
  }
}

/** ms after which a long list is counted, unless a line of it is over before. */
const PATIENCE = 1_000

/** What ends a run in the middle. */
const BROKE_OFF: { readonly [K in RunErrorCode]?: ExitCode } = {
  ERR_SOURCE: EXIT.INPUT,
  ERR_OUTPUT: EXIT.OUTPUT,
  ERR_WORKERS: EXIT.WORKERS,
}

const STOPPING = 'Stopping: 3 s for what is on its way. Ctrl-C again stops at once.'

function verdict({ ok, unchanged, skipped, lines, stoppedBy }: Summary): ExitCode {
  const good = ok + unchanged + skipped
  if (good === lines) return stoppedBy === undefined ? EXIT.OK : EXIT.FAILED
  return good === 0 ? EXIT.NOTHING : EXIT.FAILED
}

function report(summary: Summary, code: ExitCode, job: GetJob, { terminal, progress }: RunDisplay): void {
  const { total } = progress.view(performance.now())
  process.stderr.write(
    runSummary(summary.interrupted && total !== undefined ? { ...summary, total } : summary, {
      ...terminal,
      explain: adviceOn,
      failures: progress.failures,
      exit: {
        code,
        meaning: summary.stoppedBy === undefined ? RUN_EXITS[code] : 'stopped by --max-total, before the end of the list',
      },
      next: nextSteps(summary, job),
    }),
  )
}
