import type { NextStep } from '../../report/index.js'
import { HIDDEN_SECRET, type Summary } from '../../download/index.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { fromStdin, type GetJob } from './get-job.js'
import { quoted, shownCommand } from './shown-command.js'

/** Which commands make sense after a run. */
export function nextSteps(summary: Summary, job: GetJob): NextStep[] {
  const { interrupted, stoppedBy, notFound, failed } = summary
  if (interrupted) return [continuation(job)]
  if (stoppedBy !== undefined) {
    return [step(`To continue beyond --max-total${sameList(job)}`, sameCommand(job, ['fresh', 'maxTotal']))]
  }
  if (notFound + failed === 0) return []
  const seeing = step('To see what failed', `halyard list ${operand(job.output)} --failed`)
  // What was not found is not tried again by --retry-failed alone.
  if (failed === 0) return [seeing]
  const again = sameCommand(job, ['fresh', 'refresh', 'retryFailed'], '--retry-failed')
  return [seeing, step(`To try it again${sameList(job)}`, again)]
}

/** Which commands make sense after a run that broke off. */
export function stepsAfter(code: ExitCode, job: GetJob): NextStep[] {
  if (code === EXIT.INPUT) return [step(`To continue once the list is mended${sameList(job)}`, sameCommand(job))]
  if (code !== EXIT.WORKERS) return [continuation(job)]
  const withoutThem = sameCommand(job, ['fresh', 'style'], '--style async')
  return [continuation(job), step(`Or without threads and processes${sameList(job)}`, withoutThem)]
}

/** The command that goes on where the run was. */
function continuation(job: GetJob): NextStep {
  return step(`To continue${sameList(job)}`, sameCommand(job))
}

function step(why: string, command: string): NextStep {
  return { why: command.includes(HIDDEN_SECRET) ? `${why}, with the secret in place of ${HIDDEN_SECRET}:` : `${why}:`, command }
}

function sameCommand(job: GetJob, without: Parameters<typeof shownCommand>[0]['without'] = ['fresh'], adding?: string): string {
  const command = shownCommand({ urls: job.urls, typed: job.typed, without, ...(adding === undefined ? {} : { adding }) })
  return command ?? (adding === undefined ? '(the same command again)' : `(the same command again, with ${adding})`)
}

function sameList({ wanted }: GetJob): string {
  return fromStdin(wanted) ? ', with the same list on standard input' : ''
}

/** A folder as an argument, even if its name looks like an option. */
function operand(path: string): string {
  return quoted(path.startsWith('-') ? `./${path}` : path)
}
