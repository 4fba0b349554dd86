import { Command, Option } from '../commander.js'
import {
  DEST_DIR,
  downloadMany,
  finalReport,
  initialReport,
  makeFolder,
  type ProgressDisplay,
  STYLES,
} from '../../flags/index.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { faultOptions } from '../fault-options.js'
import { type FlagsJob, LABELS, meantFlags, type TypedFlags } from '../flags-job.js'
import { listenForInterruption } from '../interruption.js'
import { print } from '../output.js'

/** `halyard flags`: the second edition's command line tool, for every style. */
export function flagsCommand(exit: (code: ExitCode) => void): Command {
  const command = new Command('flags')
    .summary('download flags, and report as the book does')
    .description('Download flags for country codes. Default: top 20 countries by population.')
    .usage(
      '[-h] [-a] [-e] [-l N] [-m CONCURRENT] [-s LABEL] [-v]\n' +
        '                     [--style STYLE] [-o DIR] [--port [N]] [--base-url URL]\n' +
        '                     [--delay SECONDS] [--error-rate SHARE] [CC ...]',
    )
    .argument('[CC...]', 'country code or 1st letter (eg. B for BA...BZ)')
    .option('-a, --all', 'get all available flags (AD to ZW)')
    .option('-e, --every', 'get flags for every possible code (AA...ZZ)')
    .option('-l, --limit <N>', 'limit to N first codes')
    .option('-m, --max_req <CONCURRENT>', 'maximum concurrent requests (default: see below)')
    .addOption(new Option('--max-req <CONCURRENT>').hideHelp())
    .option('-s, --server <LABEL>', `server to hit; one of ${LABELS.join(', ')} (default: LOCAL)`)
    .option('-v, --verbose', 'output detailed progress info')
    .addOption(new Option('--style <STYLE>', 'where the downloads run').choices(Object.keys(STYLES)).default('async'))
    .option('-o, --output <DIR>', 'where the flags go', DEST_DIR)
    .option('--port [N]', "port of the server inside this program; without N the book's (default: any free one)")
    .option('--base-url <URL>', 'a server that is running already')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', help())
    .action(async (ccArgs: string[], typed: TypedFlags) => exit(await downloadFlags(meantFlags(ccArgs, typed, command))))
  for (const option of faultOptions({ only: ['delay', 'errorRate'] })) {
    command.addOption(option.helpGroup('Options for the server inside this program:'))
  }
  return command
}

function help(): string {
  const rows = Object.entries(STYLES).map(
    ([name, { defaultConcurReq, maxConcurReq }]) =>
      `  ${name.padEnd(12)}${String(defaultConcurReq).padStart(7)}${String(maxConcurReq).padStart(10)}`,
  )
  return `
Requests at a time:
  style       default   maximum
${rows.join('\n')}
  Threads and processes are as many as there are processors, and share them.

Servers:
  LOCAL, DELAY and ERROR run inside this program: as fast as it goes; 0.5 to 5
  seconds for each answer; the same, and error 418 for every fourth.
  REMOTE is the site of the book, or FLAGS_BASE_URL.

Examples:
  halyard flags                       the 20 flags of the book
  halyard flags -s DELAY b            the flags of B, from a slow server
  halyard flags -s ERROR -e -m 100 --style threads
  halyard flags -v br cn --base-url http://localhost:8000/flags

Exit status:
  0 done   1 some downloads failed   2 usage   5 a file could not be written
  130 ended by Ctrl-C   143 ended by SIGTERM`
}

async function downloadFlags({ ccList, concurReq, label, style, verbose, destDir, startServer }: FlagsJob): Promise<ExitCode> {
  const { signal, exitCode } = listenForInterruption()
  // Before anything is requested: a folder that cannot be made is known at once.
  makeFolder(destDir)
  const { baseUrl, close } = await startServer()
  try {
    print(initialReport(ccList, concurReq, label, baseUrl))
    const t0 = performance.now()
    const counter = await downloadMany(ccList, baseUrl, verbose, concurReq, {
      style,
      destDir,
      signal,
      ...(isTerminal(process.stderr) && { progress: await terminalBar() }),
    })
    print(finalReport(counter, performance.now() - t0))
    return exitCode() ?? (counter.error > 0 ? EXIT.FAILED : EXIT.OK)
  } finally {
    await close()
  }
}

/** The bar of the book, on stderr. It is loaded only where there is somebody to look at it. */
async function terminalBar(): Promise<(total: number) => ProgressDisplay> {
  const { progressBar } = await import('../../report/index.js')
  return (total) => progressBar({ total, stream: process.stderr })
}

/** Whether a person is looking, at something that can draw one line over another. */
function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && process.env['TERM'] !== 'dumb'
}
