/** What was typed and what the environment says → what it means. Nothing is looked up but the files that options name. */
import { type AnyOption, isRepeated, isSwitch, variableOf } from './option.js'
import { GET_OPTIONS, type GetValues } from './options.js'
import { UnreadableError, yesOrNo } from './values.js'

/** The text of one option as it was given, for showing it again. `true` and `false` are for switches, `true` also for a missing value. */
export type Given = boolean | readonly string[]

type Key = keyof GetValues

/** Options, read. */
export interface ReadOptions {
  readonly values: GetValues
  /** Those from the command line, in the order of the help. */
  readonly typed: ReadonlyMap<Key, Given>
  /** Where each of them was said: `--per-host`, or a variable. */
  readonly origins: ReadonlyMap<Key, string>
}

/** Says what is wrong with the command line, and ends the program. */
export type Refuse = (message: string) => never

type Environment = Readonly<Record<string, string | undefined>>

/** Pairs that make no sense together, and why. */
const CONTRADICTIONS: readonly (readonly [Key, Key, string])[] = [
  ['fresh', 'refresh', 'one forgets the earlier run, the other builds on it'],
  ['fresh', 'retryFailed', 'one forgets the earlier run, the other builds on it'],
  ['quiet', 'verbose', 'choose one'],
  ['httpsOnly', 'allowDowngrade', 'one refuses http, the other permits it'],
  ['dryRun', 'results', 'a dry run has no results'],
  ['checksum', 'inputs', 'a list has a checksum for each line; see --hash-col'],
]

/** @param raw - the texts as the parser of the command line collected them, by name in camel case */
export function readOptions(raw: Readonly<Record<string, unknown>>, env: Environment, refuse: Refuse): ReadOptions {
  const values: Record<string, unknown> = {}
  const typed = new Map<Key, Given>()
  const origins = new Map<Key, string>()
  for (const [key, option] of Object.entries(GET_OPTIONS) as [Key, AnyOption][]) {
    const given = asGiven(raw[camelCase(option.name)])
    const origin = given === undefined ? variableOf(option) : `--${option.name}`
    const value = given === undefined ? fromEnvironment(option, env, refuse) : meaning(option, given, origin, refuse)
    if (value === undefined) continue
    if (given !== undefined) typed.set(key, given)
    origins.set(key, origin)
    values[key] = value
  }
  settleContradictions(values, typed, origins, refuse)
  return { values, typed, origins }
}

/** `perHost` for `per-host`. */
export function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function asGiven(raw: unknown): Given | undefined {
  if (raw === undefined || typeof raw === 'boolean') return raw
  return Array.isArray(raw) ? (raw as string[]) : [raw as string]
}

function meaning(option: AnyOption, given: Given, origin: string, refuse: Refuse): unknown {
  if (typeof given === 'boolean') return isSwitch(option) ? given : (option as { bare?: unknown }).bare
  const values = given.map((text) => meaningOf(option, text, origin, refuse))
  return isRepeated(option) ? values.flat() : values.at(-1)
}

function meaningOf({ kind }: AnyOption, text: string, origin: string, refuse: Refuse): unknown {
  try {
    const value = kind.read(text)
    if (value !== undefined) return value
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error
    refuse(`${origin} ${error.message}`)
  }
  return refuse(`${origin} must be ${kind.allowed}${kind.secret === true ? '' : `, got '${text}'`}`)
}

function fromEnvironment(option: AnyOption, env: Environment, refuse: Refuse): unknown {
  const variable = variableOf(option)
  const text = env[variable]
  // An empty variable says nothing, unless nothing is something the option can be.
  if (text === undefined || (text === '' && option.kind.read('') === undefined)) return undefined
  if ('bare' in option) {
    const wanted = yesOrNo.read(text)
    if (wanted !== undefined) return wanted ? option.bare : undefined
  }
  const given = isRepeated(option) ? text.split('\n').filter((line) => line !== '') : [text]
  return meaning(option, given, variable, refuse)
}

function settleContradictions(
  values: Record<string, unknown>,
  typed: ReadonlyMap<Key, Given>,
  origins: ReadonlyMap<Key, string>,
  refuse: Refuse,
): void {
  const holds = (key: Key): boolean => values[key] !== undefined && values[key] !== false
  for (const [one, other, why] of CONTRADICTIONS) {
    if (!holds(one) || !holds(other)) continue
    // What is typed is meant for this run, and outweighs what the environment says about all of them.
    if (typed.has(one) !== typed.has(other)) delete values[typed.has(one) ? other : one]
    else refuse(`${origins.get(one)} and ${origins.get(other)} contradict each other: ${why}`)
  }
}
