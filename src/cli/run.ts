import { Command } from './commander.js'
import { printable } from '../text/index.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { tell } from './output.js'
import { version } from './version.js'

/** Makes a command; it hands its exit code to `exit`. */
type CommandMaker = (exit: (code: ExitCode) => void) => Command

/** Every command, in the order of the help. Each is loaded only when it is asked for, or when the help lists them all. */
const COMMANDS: Readonly<Record<string, () => Promise<CommandMaker>>> = {
  get: async () => (await import('./commands/get.js')).getCommand,
  status: async () => (await import('./commands/status.js')).statusCommand,
  list: async () => (await import('./commands/list.js')).listCommand,
  verify: async () => (await import('./commands/verify.js')).verifyCommand,
  compare: async () => (await import('./commands/compare.js')).compareCommand,
  completion: async () => (await import('./commands/completion.js')).completionCommand,
  flags: async () => (await import('./commands/flags.js')).flagsCommand,
  serve: async () => (await import('./commands/serve.js')).serveCommand,
}

/** All of them, in that order. */
export async function allCommands(exit: (code: ExitCode) => void): Promise<readonly Command[]> {
  const makers = await Promise.all(Object.values(COMMANDS).map((load) => load()))
  return makers.map((make) => make(exit))
}

/** Understands the command line, carries it out, and returns the exit code. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.OK
  const program = await makeProgram(argv, (code) => {
    exitCode = code
  })
  if (argv[0] === 'complete' && argv[1] === '--') {
    const { complete } = await import('./complete.js')
    process.stdout.write(complete(program, argv.slice(2)))
    return EXIT.OK
  }
  if (argv.length === 0) {
    program.outputHelp()
    return EXIT.OK
  }
  try {
    const [first, asked = ''] = argv
    // commander would print the help of them all, as if nothing were wrong.
    if (first === 'help' && asked !== '' && asked !== 'help' && !asked.startsWith('-') && !Object.hasOwn(COMMANDS, asked))
      program.error(`error: unknown command '${asked}'`)
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    return exitCodeOf(error)
  }
}

async function makeProgram(argv: readonly string[], exit: (code: ExitCode) => void): Promise<Command> {
  const program = new Command('halyard')
    .description('Download long lists of URLs: all of it, each exactly once, every byte verified.')
    .usage('[options] <command>')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    // What comes after a command is the command's own: halyard serve has another --version.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      getOutHelpWidth: () => Math.min(process.stdout.columns ?? 80, 80),
      getErrHelpWidth: () => Math.min(process.stderr.columns ?? 80, 80),
      outputError: (text, write) => write(printableLines(text.replace(/^error: /, '*** Usage error: '))),
    })
    .addHelpText('after', HELP)
  const { [argv[0] ?? '']: asked } = COMMANDS
  for (const command of asked === undefined ? await allCommands(exit) : [(await asked())(exit)]) {
    program.addCommand(command.copyInheritedSettings(program).showHelpAfterError(usageOf(command)))
  }
  return program
}

const HELP = `
Examples:
  halyard get -i list.txt     a list of URLs; the same again continues it
  halyard compare             20 flags in every style, as a table and a picture
  halyard flags               20 flags from a server inside this program
  halyard flags -s DELAY b    the flags of B, from a slow server
  halyard serve               the book's three servers, for other programs

'halyard help flags' tells more about a command.`

/** The one line after a usage error, as Python's argparse prints it. */
function usageOf(command: Command): string {
  return `usage: halyard ${command.name()} ${command.usage()}`
}

function exitCodeOf(error: unknown): ExitCode {
  const { code = '', exitCode, message } = error as { code?: string; exitCode?: number; message: string }
  // commander has said already what is wrong, or printed the help that was asked for.
  if (code.startsWith('commander.')) return exitCode === 0 ? EXIT.OK : EXIT.USAGE
  const expected = EXPECTED[code]
  if (expected === undefined) throw error
  tell(`${expected === EXIT.USAGE ? '*** Usage error' : 'halyard'}: ${printable(message, '?')}`)
  return expected
}

/** What may go wrong without being a bug, by the error's code. */
const EXPECTED: Readonly<Record<string, ExitCode>> = {
  ERR_OPTIONS: EXIT.USAGE,
  ERR_SOURCE: EXIT.INPUT,
  ERR_OUTPUT: EXIT.OUTPUT,
  ERR_DIFFERENT_RUN: EXIT.REFUSED,
  ERR_LOCKED: EXIT.REFUSED,
  ERR_JOURNAL: EXIT.REFUSED,
  ERR_WORKERS: EXIT.WORKERS,
  ERR_FLAG_SERVER_OPTION: EXIT.USAGE,
  ERR_FLAG_SERVER_LISTEN: EXIT.FAILED,
}

/** What was typed may come from a script, and what it holds from anywhere. */
function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line, '?'))
    .join('\n')
}
