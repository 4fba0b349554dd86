import { Command } from '../commander.js'
import { bytes, count, grouped, jsonLine, LiveLines } from '../../report/index.js'
import { printable } from '../../text/index.js'
import { verifyOutput, type VerifyProblem } from '../../download/index.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { listenForInterruption } from '../interruption.js'
import { tell } from '../output.js'
import { terminalOf } from '../terminal.js'

/** `halyard verify`: whether the files of a run are still what was downloaded. */
export function verifyCommand(exit: (code: ExitCode) => void): Command {
  return new Command('verify')
    .summary('read every file of a run again, and compare it with its record')
    .description('Read every file of the run in a folder again, and compare length and SHA-256 with its record.')
    .usage('DIR [--json]')
    .argument('<DIR>', 'the folder that halyard get -o was given')
    .option('--json', 'one JSON object for each problem')
    .addHelpText('after', HELP)
    .action(async (output: string, { json = false }: { json?: boolean }) => exit(await verify(output, json)))
}

const HELP = `
Files that are missing or differ are printed on stdout, one a line.

Examples:
  halyard verify pictures && echo whole
  halyard verify pictures --json | jq -r .file

Exit status:
  0 every file is as it was   1 some are missing or differ   2 usage
  6 there is no run in the folder, or no record to be read
  130 ended by Ctrl-C   143 ended by SIGTERM`

function problemLine({ file, member, problem, message }: VerifyProblem): string {
  return `${file}${member === undefined ? '' : `: ${member}`}: ${problem}: ${message}`
}

const FILES = { one: 'file', many: 'files' }

const MEND = 'To have them again: remove what has changed, and run the same halyard get with --refresh.'
const MEND_SHARDS = 'To have them again: run the same halyard get with --fresh.'

async function verify(output: string, json: boolean): Promise<ExitCode> {
  const { signal, exitCode } = listenForInterruption()
  const { live } = terminalOf(process.stderr, process.env, process.platform)
  let checked = ''
  let unread = 0
  let hasShards = false
  const lines = live ? new LiveLines({ stream: process.stderr, lines: (columns) => [checked.slice(0, columns)] }) : undefined
  // On a terminal both streams meet: what is printed must not begin behind the line that is drawn.
  const write = (text: string): unknown =>
    lines !== undefined && process.stdout.isTTY ? lines.print(text) : process.stdout.write(text)
  try {
    const result = await verifyOutput(output, {
      signal,
      onChecked: (files, size) => {
        checked = `${count(files, FILES)}, ${bytes(size)}`
      },
      onProblem: (problem) => {
        if (problem.problem !== 'changed') unread += 1
        hasShards ||= problem.member !== undefined
        write(json ? jsonLine(problem) : `${printable(problemLine(problem), '?')}\n`)
      },
    })
    lines?.close()
    const { bad, missing } = result
    const isFine = bad + missing === 0
    const verdict = isFine ? 'all as they were' : `${grouped(bad)} changed, ${grouped(missing)} missing`
    tell(`${count(result.checked + unread, FILES)}, ${bytes(result.bytes)}: ${verdict}`)
    if (!isFine) tell(hasShards ? MEND_SHARDS : MEND)
    return isFine ? EXIT.OK : EXIT.FAILED
  } catch (error) {
    const interrupted = exitCode()
    if (interrupted === undefined) throw error
    return interrupted
  } finally {
    lines?.close()
  }
}
