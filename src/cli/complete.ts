/**
 * What a shell is told when somebody presses Tab: `halyard complete -- WORD…`, the last word being the one to complete.
 *
 * The scripts of @bomb.sh/tab ask so. The answers are ours, because that package has none for the names of files.
 */
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Argument, Command, Option } from './commander.js'
import { type AnyOption, isSwitch } from './get/option.js'
import { GET_OPTIONS } from './get/options.js'

/** One candidate a line, its description after a tab; then the number of what else the shell should know. */
export function complete(program: Command, words: readonly string[]): string {
  const candidates = candidatesFor(program, words)
  // 2: no space after the word, for there is more to come. 4: the shell shall not offer names of files of its own.
  const directive = candidates.length === 1 && candidates[0]!.value.endsWith('/') ? 6 : 4
  return `${candidates.map(({ value, doc = '' }) => `${value}\t${doc}\n`).join('')}:${directive}\n`
}

interface Candidate {
  readonly value: string
  readonly doc?: string
}

function candidatesFor(program: Command, words: readonly string[]): Candidate[] {
  const [name = '', ...rest] = words
  const current = words.at(-1) ?? ''
  const commands = program.commands.map((command) => ({ value: command.name(), doc: command.summary() }))
  if (rest.length === 0) return beginningWith(current, commands)
  if (name === 'help') return beginningWith(current, commands)
  const command = program.commands.find((one) => one.name() === name)
  if (command === undefined) return []
  const options = command.createHelp().visibleOptions(command)
  const optionOf = (word: string): Option | undefined => options.find(({ short, long }) => word === short || word === long)
  const [, typedName = '', typedValue] = /^(--[^=]+)=(.*)$/s.exec(current) ?? []
  if (typedValue !== undefined) return valuesOf(command, optionOf(typedName), typedValue)
  const before = rest.length > 1 ? optionOf(rest.at(-2) ?? '') : undefined
  if (before?.required === true) return valuesOf(command, before, current)
  if (current.startsWith('-')) {
    return beginningWith(
      current,
      options.map(({ long, description }) => ({ value: long ?? '', doc: description })),
    )
  }
  return argumentsOf(command.registeredArguments, current)
}

function valuesOf(command: Command, option: Option | undefined, begin: string): Candidate[] {
  if (option === undefined) return []
  const choices = option.argChoices ?? (command.name() === 'get' ? choicesOfGet(option) : undefined)
  if (choices !== undefined) return beginningWith(begin, asCandidates(choices))
  return pathsFor(/[<[](.*)[>\]]/.exec(option.flags)?.[1], begin)
}

function choicesOfGet({ long }: Option): readonly string[] | undefined {
  const option = Object.values<AnyOption>(GET_OPTIONS).find(({ name }) => long === `--${name}`)
  return option === undefined || isSwitch(option) ? undefined : option.kind.choices
}

function argumentsOf([argument]: readonly Argument[], begin: string): Candidate[] {
  if (argument === undefined) return []
  if (argument.argChoices !== undefined) return beginningWith(begin, asCandidates(argument.argChoices))
  return pathsFor(argument.name(), begin)
}

const asCandidates = (values: readonly string[]): Candidate[] => values.map((value) => ({ value }))

function beginningWith(begin: string, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(begin))
}

// Shells evaluate what they are offered. A name with anything that means something to one of them is not offered.
const PLAIN = /^[\p{L}\p{N}_./@%+,=-]+$/u

/** What there is to choose from where the help says FILE or DIR. */
function pathsFor(placeholder: string | undefined, begin: string): Candidate[] {
  if (placeholder !== 'FILE' && placeholder !== 'DIR') return []
  const folder = begin.endsWith('/') ? begin : dirname(`${begin}x`)
  const prefix = folder === '.' && !begin.startsWith('./') ? '' : folder.endsWith('/') ? folder : `${folder}/`
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => placeholder === 'FILE' || entry.isDirectory())
    const paths = entries.map((entry) => prefix + entry.name + (entry.isDirectory() ? '/' : '')).sort()
    const hidden = begin.slice(prefix.length).startsWith('.')
    return beginningWith(
      begin,
      asCandidates(paths.filter((path) => PLAIN.test(path) && (hidden || !path.startsWith('.', prefix.length)))),
    )
  } catch {
    return []
  }
}
