import { join, relative } from 'node:path'
import { Command, Option } from '../commander.js'
import { compare, type Comparison } from '../../compare/index.js'
import { shownUrl, STYLES } from '../../flags/index.js'
import { count, StepProgress } from '../../report/index.js'
import { type CompareJob, DELAY, MAX_REQ, meantCompare, type TypedCompare } from '../compare-job.js'
import { writePictures } from '../comparison-pictures.js'
import { failuresText, filesText, FLAGS, resultText } from '../comparison-report.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { faultOptions } from '../fault-options.js'
import { LABELS } from '../flags-job.js'
import { listenForInterruption } from '../interruption.js'
import { tell } from '../output.js'
import { terminalOf } from '../terminal.js'

/** `halyard compare`: the same downloads in every style, as a table and as a picture. */
export function compareCommand(exit: (code: ExitCode) => void): Command {
  const command = new Command('compare')
    .summary('download the same flags in every style, and show why some are faster')
    .description(
      'Download the same flags in every style, one style after the other, and show which took how long and why. ' +
        `Default: top 20 countries by population, from a server inside this program that takes ${DELAY} s for each answer.`,
    )
    .usage(
      '[-h] [-a] [-e] [-l N] [-m CONCURRENT] [-s SERVER]\n' +
        '                       [--style STYLES] [-o DIR] [-p FILE]...\n' +
        '                       [--delay SECONDS] [--error-rate SHARE] [CC ...]',
    )
    .argument('[CC...]', 'country code or 1st letter (eg. B for BA...BZ)')
    .option('-a, --all', 'get all available flags (AD to ZW)')
    .option('-e, --every', 'get flags for every possible code (AA...ZZ)')
    .option('-l, --limit <N>', 'limit to N first codes')
    .option('-m, --max_req <CONCURRENT>', `requests at a time, in every style but sequential (default: ${MAX_REQ})`)
    .addOption(new Option('--max-req <CONCURRENT>').hideHelp())
    .option('-s, --server <SERVER>', `server to hit; one of ${LABELS.join(', ')}, or an address (default: inside, see below)`)
    .option('--style <STYLES>', `some of ${Object.keys(STYLES).join(',')} (default: all)`)
    .option('-o, --output <DIR>', 'where the flags and the pictures go', 'halyard-compare')
    .addOption(
      new Option(
        '-p, --picture <FILE>',
        'draw into this .svg or .html; may be repeated (default: one of each, in DIR)',
      ).argParser((path: string, before: readonly string[] | undefined) => [...(before ?? []), path]),
    )
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', HELP)
    .action(async (ccArgs: string[], typed: TypedCompare) => exit(await compareStyles(meantCompare(ccArgs, typed, command))))
  for (const option of faultOptions({ only: ['delay', 'errorRate'] })) {
    command.addOption(option.helpGroup('Options for the server inside this program:'))
  }
  return command
}

const HELP = `
Every style gets a fresh process: none finds modules loaded, code compiled or
connections opened by another. Threads and processes are as many as there are
processors, and share the requests: one that waits costs its thread nothing.

The table:
  seconds   from before the executor is made until after it is shut down, as the
            book measures: starting threads or processes is in it
  of ideal  the least time possible, divided by the time taken. No order of the
            same downloads takes less than the longest of them, nor less than
            all of them added up and divided by the requests at a time
  start-up  until the first thread or process began its first request

The pictures have a row for each flag, the same in every style. On it stands
which thread (t1, t2) or process (p1, p2) carried it, and all its numbers where
it is pointed at.

Examples:
  halyard compare                     20 flags, 20 at a time, 0.5 s for each
  halyard compare -m 5                the same, 5 at a time
  halyard compare -a --delay 0.05     194 flags
  halyard compare -s ERROR --style async,threads
  halyard compare br cn -s http://localhost:8000/flags

Exit status:
  0 done   1 a style or some downloads failed, or styles got different files
  2 usage   5 a file could not be written   130 ended by Ctrl-C
  143 ended by SIGTERM`

async function compareStyles(job: CompareJob): Promise<ExitCode> {
  const { signal, exitCode } = listenForInterruption()
  const { baseUrl, close } = await job.startServer()
  try {
    tell(`Downloading ${count(job.codes.length, FLAGS)} from ${shownUrl(baseUrl)}`)
    const comparison = await compareWatched(job, baseUrl, signal)
    await writePictures(comparison, job.pictures)
    show(comparison, job)
    return verdict(comparison)
  } catch (error) {
    const interrupted = exitCode()
    if (interrupted === undefined) throw error
    return interrupted
  } finally {
    await close()
  }
}

async function compareWatched(job: CompareJob, baseUrl: string, signal: AbortSignal): Promise<Comparison> {
  const { codes, styles } = job
  const terminal = terminalOf(process.stderr, process.env, process.platform)
  const progress = new StepProgress({ stream: process.stderr, steps: styles, total: codes.length, noun: FLAGS, ...terminal })
  try {
    return await compare(
      { ...job, baseUrl },
      {
        signal,
        onStyle: (name) => progress.begin(name),
        onDownload: (_, done) => progress.advance(done),
        onRun: ({ elapsed, failure }) => progress.end(elapsed, failure),
      },
    )
  } catch (error) {
    progress.abandon()
    throw error
  }
}

function show(comparison: Comparison, { outputDir, pictures }: CompareJob): void {
  const terminal = terminalOf(process.stdout, process.env, process.platform)
  const folders = comparison.runs.map(({ style }) => `${shown(join(outputDir, style))}/`)
  const page = pictures.find((path) => path.toLowerCase().endsWith('.html')) ?? pictures[0]
  process.stderr.write(failuresText(comparison.runs, terminal.columns))
  process.stdout.write(
    `\n${resultText(comparison, terminal)}\n` +
      filesText(comparison, folders, pictures.map(shown), terminal.columns) +
      (page === undefined ? '' : `\nNext: open ${shown(page)} in a browser.\n`),
  )
}

/** A path as it is typed from here. */
function shown(path: string): string {
  return relative('', path) || '.'
}

function verdict({ runs, files }: Comparison): ExitCode {
  const failed = runs.some(
    ({ failure, downloads }) => failure !== undefined || downloads.some(({ status }) => status === 'error'),
  )
  return failed || files.differing.length > 0 || files.missing.length > 0 ? EXIT.FAILED : EXIT.OK
}
