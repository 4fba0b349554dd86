import { Command, Option } from '../commander.js'
import { HIDDEN_SECRET, type Outcome, readOutcomes, STATUSES, type Status } from '../../download/index.js'
import { count, isFailure, jsonLine } from '../../report/index.js'
import { printable } from '../../text/index.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { LineWriter } from '../get/line-writer.js'
import { tell } from '../output.js'

/** What was typed after `halyard list`. */
interface TypedList {
  readonly failed?: boolean
  readonly status?: Status
  readonly code?: string
  readonly json?: boolean
}

/** `halyard list`: the lines of a run, by what became of them. */
export function listCommand(exit: (code: ExitCode) => void): Command {
  return new Command('list')
    .summary('print the URLs of a run, by what became of them')
    .description('Print the URLs of the run in a folder, one a line, or their whole records.')
    .usage('DIR [--failed] [--status STATUS] [--code CODE] [--json]')
    .argument('<DIR>', 'the folder that halyard get -o was given')
    .option('--failed', 'only those that failed: not-found, error and invalid')
    .addOption(new Option('--status <STATUS>', `only those with this status: ${STATUSES.join(', ')}`).choices(STATUSES))
    .option('--code <CODE>', 'only those with this code, such as HTTP_404')
    .option('--json', 'the record of each, one JSON object a line')
    .addHelpText('after', HELP)
    .action(async (output: string, typed: TypedList) => {
      await list(output, typed)
      exit(EXIT.OK)
    })
}

const HELP = `
Passwords and secret parameters of a URL are not in the record, and so not here:
*** stands for them, and is to be put back before such a URL is requested.

Examples:
  halyard list pictures --failed
  halyard list pictures --code HTTP_503 | halyard get -i - -o again
  halyard list pictures --json | jq -r 'select(.bytes > 1e6).file'

Exit status:
  0 listed   2 usage   6 there is no run in the folder, or no record to be read`

const URLS = { one: 'URL', many: 'URLs' }

async function list(output: string, { failed = false, status, code, json = false }: TypedList): Promise<void> {
  const isWanted = (outcome: Outcome): boolean =>
    (!failed || isFailure(outcome.status)) &&
    (status ?? outcome.status) === outcome.status &&
    (code ?? outcome.code) === outcome.code
  const writer = new LineWriter(process.stdout)
  let invalid = 0
  let hidden = 0
  for await (const outcomes of readOutcomes(output)) {
    for (const outcome of outcomes) {
      if (!isWanted(outcome)) continue
      if (json) writer.write(jsonLine(outcome))
      // What is not a URL is none to be given to another program.
      else if (outcome.status === 'invalid' && status !== 'invalid') invalid += 1
      else {
        if (outcome.url.includes(HIDDEN_SECRET)) hidden += 1
        writer.write(`${printable(outcome.url, '?')}\n`)
      }
    }
    writer.flush()
  }
  if (hidden > 0) {
    tell(
      `${HIDDEN_SECRET} stands for a secret in ${count(hidden, URLS)}: put it back before you request ${hidden === 1 ? 'it' : 'them'}.`,
    )
  }
  if (invalid > 0)
    tell(`${invalid} invalid ${invalid === 1 ? 'line is' : 'lines are'} left out; --status invalid or --json shows them.`)
}
