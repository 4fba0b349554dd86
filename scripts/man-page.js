// Writes man/halyard.1, the manual page, from the declarations of the commands and their options; run it after a change there. `--check` only
// says whether the page is up to date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { allCommands } from '../dist/cli/run.js'

const page = new URL('../man/halyard.1', import.meta.url)
const commands = await allCommands(() => undefined)

/** Text as roff takes it: no character of it is an instruction. */
const roff = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1')
    .replaceAll(/[^\0-\x7f]/gu, (character) => `\\[u${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`)
const usageOf = (command) => roff(command.usage().replaceAll(/\s+/g, ' '))
const heading = (text) => `"${roff(text).replaceAll('"', '""')}"`

/** What stands below the options in the help: paragraphs, and blocks that are indented there and so keep their lines here. */
function blocks(text) {
  return text
    .trim()
    .split(/\n{2,}/)
    .flatMap((block) => {
      const lines = block.split('\n')
      if (!lines.some((line) => line.startsWith('  '))) return ['.PP', roff(block)]
      const [first, ...rest] = lines
      const [title, kept] = first.startsWith('  ') ? [[], lines] : [['.PP', roff(first)], rest]
      return [...title, '.RS 2', '.EX', ...kept.map((line) => roff(line.replace(/^ {2}/, ''))), '.EE', '.RE']
    })
}

function helpBelow(command) {
  let text = ''
  command.emit('afterHelp', { error: false, command, write: (more) => (text += more) })
  return text
}

/** By their heading, in the order of the help. */
function optionGroups(command) {
  const groups = new Map()
  for (const option of command.options.filter(({ hidden }) => !hidden)) {
    const title = option.helpGroupHeading ?? 'Options:'
    groups.set(title, [...(groups.get(title) ?? []), option])
  }
  return groups
}

function section(command) {
  const items = command.registeredArguments.map((argument) => [argument.name(), argument.description])
  return [
    `.SH ${heading(`HALYARD ${command.name().toUpperCase()}`)}`,
    '.PP',
    `.B ${roff(`halyard ${command.name()}`)}`,
    usageOf(command),
    '.PP',
    roff(command.description()),
    ...items.flatMap(([name, doc]) => ['.TP', `.I ${roff(name)}`, roff(doc)]),
    ...[...optionGroups(command)].flatMap(([title, options]) => [
      `.SS ${heading(title.replace(/:$/, ''))}`,
      ...options.flatMap(({ flags, description }) => ['.TP', `.B ${roff(flags)}`, roff(description)]),
    ]),
    ...blocks(helpBelow(command)),
  ]
}

const { version, description } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const [what] = description.split('.')
const lines = [
  '.\\" Written by scripts/man-page.js from the declarations of the commands.',
  `.TH HALYARD 1 "" ${heading(`halyard ${version}`)} ${heading('User Commands')}`,
  // Ragged on the right, and no word broken: options are to be found by searching.
  '.ad l',
  '.nh',
  '.SH NAME',
  `halyard \\- ${roff(what.charAt(0).toLowerCase() + what.slice(1))}`,
  '.SH SYNOPSIS',
  ...commands.flatMap((command, index) => [
    ...(index === 0 ? [] : ['.br']),
    `.B ${roff(`halyard ${command.name()}`)}`,
    usageOf(command),
  ]),
  '.SH COMMANDS',
  ...commands.flatMap((command) => ['.TP', `.B ${roff(command.name())}`, roff(command.summary() || command.description())]),
  ...commands.flatMap(section),
  '.SH SEE ALSO',
  '.BR curl (1),',
  '.BR aria2c (1),',
  '.BR wget2 (1)',
]
const text = `${lines.join('\n')}\n`

if (!process.argv.includes('--check')) {
  mkdirSync(new URL('.', page), { recursive: true })
  writeFileSync(page, text)
} else if (text !== readFileSync(page, 'utf8')) {
  process.stderr.write('man/halyard.1 does not show the options as they are. Run: node scripts/man-page.js\n')
  process.exit(1)
}
