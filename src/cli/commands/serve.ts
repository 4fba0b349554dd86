import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { Command, Option } from '../commander.js'
import { type FlagServer, type FlagServerOptions, PROFILES, type ProfileName, startFlagServer } from '../../flag-server/index.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { faultOptions, typedFaults } from '../fault-options.js'
import { listenForInterruption } from '../interruption.js'
import { print, tell } from '../output.js'

/** What was typed after `halyard serve`. */
interface TypedServe {
  readonly bind: string
  readonly port?: string
  readonly directory?: string
  readonly seed?: string
}

const LABELS = Object.keys(PROFILES) as ProfileName[]

/** `halyard serve`: the book's servers, for other programs. */
export function serveCommand(exit: (code: ExitCode) => void): Command {
  const command = new Command('serve')
    .summary("run the book's servers, slow and failing as told")
    .description(
      'Serve the flags, as slow and as faulty as told. Default: the three servers of the book, ' +
        'LOCAL on port 8000, DELAY on 8001, ERROR on 8002.',
    )
    .usage(
      '[-h] [-b ADDR] [-p N] [-d DIR] [-e SHARE] [--seed N]\n' +
        '                     [--delay SECONDS] [any other fault] [LABEL ...]',
    )
    .argument('[LABEL...]', `which servers: ${LABELS.join(', ')}`)
    .option('-b, --bind <ADDR>', 'address to listen on; 0.0.0.0 lets other machines in', '127.0.0.1')
    .option('-p, --port <N>', 'port of the first server; the others take the next ones; 0: any free ones')
    .option('-d, --directory <DIR>', 'serve the files of this folder too; read once, at the start')
    .addOption(new Option('--seed <N>', 'draw the same delays and errors in every run'))
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', HELP)
    .action(async (labels: string[], typed: TypedServe) => exit(await serve(...meant(labels, typed, command))))
  for (const option of faultOptions({ letters: { errorRate: 'e' } })) {
    command.addOption(option.helpGroup('Faults, for every server that is started:'))
  }
  return command
}

const HELP = `
A client may ask for a fault itself: /flags/br/br.gif?delay=2&status=503

Examples:
  halyard serve                            the three servers of the book
  halyard serve DELAY --delay 0.5          one that takes half a second
  halyard serve ERROR -p 9000 -e 0.1       every tenth answer is an error
  halyard serve LOCAL --cut 50% --fail 1   the first answer for a flag is cut`

/** A server to be started. */
interface ServerJob {
  readonly label: ProfileName
  readonly options: FlagServerOptions
}

/** Makes sense of what was typed; the first thing wrong ends the program. */
function meant(labels: readonly string[], typed: TypedServe, command: Command): [ServerJob[]] {
  const refuse = (message: string): never => command.error(`*** Usage error: ${message}`, { exitCode: EXIT.USAGE })
  const wanted = labels.map((label) => label.toUpperCase())
  const odd = wanted.some((label) => !(LABELS as string[]).includes(label))
  if (odd) refuse(`LABEL must be one of ${LABELS.join(', ')}`)
  const { bind, port, directory, seed } = typed
  if (port !== undefined && (!/^\d{1,5}$/.test(port) || Number(port) > 65_533))
    refuse(`--port N must be an integer from 0 to 65533, got '${port}'`)
  if (seed !== undefined && !/^\d{1,9}$/.test(seed)) refuse(`--seed N must be an integer from 0 up, got '${seed}'`)
  const options: FlagServerOptions = {
    ...typedFaults({ ...typed }),
    host: bind,
    keep: 1000,
    ...(seed !== undefined && { seed: Number(seed) }),
    ...(directory !== undefined && { files: filesOf(directory, refuse) }),
  }
  const chosen = LABELS.filter((label) => wanted.length === 0 || wanted.includes(label))
  return [
    chosen.map((label, i) => {
      const profile = PROFILES[label]
      const ownPort = port === undefined ? profile.port : Number(port) === 0 ? 0 : Number(port) + i
      return { label, options: { ...profile, ...options, port: ownPort } }
    }),
  ]
}

/** Every file below a folder, by the path it is served under. */
function filesOf(directory: string, refuse: (message: string) => never): Record<string, Uint8Array> {
  try {
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const paths = files.map(({ parentPath, name }) => join(parentPath, name))
    return Object.fromEntries(paths.map((path) => [`/${relative(directory, path).split(sep).join('/')}`, readFileSync(path)]))
  } catch (error) {
    return refuse(`--directory ${directory} cannot be read: ${(error as Error).message}`)
  }
}

async function serve(jobs: readonly ServerJob[]): Promise<ExitCode> {
  const { signal } = listenForInterruption()
  const servers: FlagServer[] = []
  try {
    for (const { label, options } of jobs) {
      const name = label.padEnd(5)
      const server = await startFlagServer({ ...options, onLine: (line) => print(`${name} ${line}`) })
      servers.push(server)
      print(`${name} ${server.flagsUrl}`)
    }
    tell('Press Ctrl-C to stop.')
    await interrupted(signal)
    return EXIT.OK
  } finally {
    await Promise.all(servers.map((server) => server.close()))
  }
}

function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
