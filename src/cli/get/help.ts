/** The help of `halyard get`, and its options as the parser of the command line takes them: both made from one table. */
import { Command, Help, Option } from '../commander.js'
import { EXIT, RUN_EXITS } from '../exit-codes.js'
import { type AnyOption, GROUPS, isRepeated, isSwitch } from './option.js'
import { GET_OPTIONS } from './options.js'

export const DESCRIPTION =
  'Download URLs, each exactly once, every byte verified. Run the same command again to continue: what is done is not requested again.'

/** `-h` shows what is used most, on one screen; `--help` shows all there is. */
export class GetCommand extends Command {
  override createHelp(): Help {
    // Long names stand below one another, with a short one before them or not.
    const help = Object.assign(super.createHelp(), {
      optionTerm: ({ short, flags }: Option) => (short === undefined ? `    ${flags}` : flags),
    })
    const visible = (command: Command): Option[] => Help.prototype.visibleOptions.call(help, command)
    if (asksForShortHelp()) {
      return Object.assign(help, {
        visibleOptions: (command: Command) => visible(command).filter(isCommon),
        groupItems: (_: unknown, items: Option[]) => new Map([['Options:', items]]),
      })
    }
    return Object.assign(help, { visibleOptions: (command: Command) => visible(command).filter(({ long }) => long !== '--help') })
  }
}

/** Whether it is `-h` that was typed. */
export function asksForShortHelp(): boolean {
  return process.argv.includes('-h')
}

/** Adds every option to the command, in the order of the groups. Values stay texts: they are read later, with those of the environment. */
export function addGetOptions(command: Command): Command {
  const options = Object.values<AnyOption>(GET_OPTIONS)
  for (const group of GROUPS) {
    for (const option of options.filter((one) => one.group === group)) {
      const made = new Option(flagsOf(option), descriptionOf(option)).helpGroup(`${group}:`)
      if (isRepeated(option)) made.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text])
      command.addOption(made)
      if (isSwitch(option)) command.addOption(new Option(`--no-${option.name}`).hideHelp())
    }
  }
  return command
}

/** Whether an option of the command is in the short help. */
export function isCommon({ long }: Option): boolean {
  return Object.values<AnyOption>(GET_OPTIONS).some(({ name, common }) => long === `--${name}` && common === true)
}

function flagsOf(option: AnyOption): string {
  const long = `--${option.name}`
  const names = option.letter === undefined ? long : `-${option.letter}, ${long}`
  if (isSwitch(option)) return names
  return 'bare' in option ? `${names} [${option.value}]` : `${names} <${option.value}>`
}

function descriptionOf({ doc, standard }: AnyOption): string {
  return standard === undefined ? doc : `${doc} [${standard}]`
}

const EXAMPLES = `
Examples:
  halyard get https://example.org/a.gif https://example.org/b.gif
  halyard get -i list.txt -o pictures       a list; the same again continues it
  halyard get -i list.txt -o pictures --retry-failed
  zcat urls.gz | halyard get -i - -j 200 --per-host 4
  halyard get 'https://example.org/{a,b}/[001-100].gif' --name '{path}'`

export const SHORT_HELP: string = `${EXAMPLES}

'halyard get --help' tells about all options.`

export const HELP: string = `
In [brackets]: what holds without the option. SIZE is in bytes; K, M, G and T
are powers of 1024. SEC is seconds, with a fraction or not; for --timeout, and
for every SIZE, 0 is no limit. A switch --x is taken back by --no-x.

A list has one URL a line, and # before comments; a JSON line may hold url,
name, hash, mirrors and headers. Each kind may be compressed (.gz).

Every option has a variable, such as HALYARD_PER_HOST for --per-host; what is
typed outweighs it. HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY are heeded.

Talk goes to stderr. Where stdout is no terminal, it carries the path of each
file as it is finished, one a line; with --progress json it carries all that
happens, as JSON lines. With -q there are no paths and no talk but errors.

What became of each line is in DIR/.halyard/journal.jsonl, which 'halyard
status', 'halyard list' and 'halyard verify' read.
${EXAMPLES}

Exit status:
${Object.entries(RUN_EXITS)
  .map(
    ([code, meaning]) => `  ${code.padStart(3)}  ${meaning}${Number(code) >= EXIT.SIGINT ? '; the same command continues' : ''}`,
  )
  .join('\n')}`
