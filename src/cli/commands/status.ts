import { Command } from '../commander.js'
import { printable } from '../../text/index.js'
import { grouped, jsonLine, type RunFigures, runSummary } from '../../report/index.js'
import { adviceOn, type FolderSummary, summarise } from '../../download/index.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { print } from '../output.js'
import { terminalOf } from '../terminal.js'

/** `halyard status`: how far a run in a folder has come. */
export function statusCommand(exit: (code: ExitCode) => void): Command {
  return new Command('status')
    .summary('tell how far a run has come')
    .description('Tell how far the run in a folder has come, and what failed in it. Does not disturb a run that is at work.')
    .usage('DIR [--json]')
    .argument('<DIR>', 'the folder that halyard get -o was given')
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action(async (output: string, { json = false }: { json?: boolean }) => {
      const state = await summarise(output)
      if (json) process.stdout.write(jsonLine({ output, ...state }))
      else show(state, output)
      exit(EXIT.OK)
    })
}

const HELP = `
Examples:
  halyard status pictures
  watch -n 5 halyard status pictures       while it goes on

Exit status:
  0 told   2 usage   6 there is no run in the folder, or no record to be read`

function show(state: FolderSummary, output: string): void {
  const { columns, ascii } = terminalOf(process.stdout, process.env, process.platform)
  print(stateLine(state))
  process.stdout.write(runSummary(figuresOf(state, output), { columns, ascii, explain: adviceOn }))
}

function stateLine({ run, lockedBy, records }: FolderSummary): string {
  if (lockedBy === undefined && run?.finished !== undefined) return `Finished: ${run.finished.at}`
  const known = run?.finished?.lines ?? run?.about ?? 0
  const share = known === 0 || known < records ? '' : `${grouped(records)} of about ${grouped(known)} lines are done; `
  return lockedBy === undefined
    ? `Not finished: ${share}the same command continues it`
    : printable(`At work: ${share}process ${lockedBy.pid} on ${lockedBy.host}, since ${lockedBy.since}`, '?')
}

function figuresOf({ byStatus, bytes, byCode, byHost }: FolderSummary, output: string): RunFigures {
  const { ok, unchanged, skipped, invalid } = byStatus
  return {
    ok,
    unchanged,
    skipped,
    notFound: byStatus['not-found'],
    failed: byStatus.error,
    invalid,
    bytes,
    failures: { byCode, byHost },
    output,
  }
}
