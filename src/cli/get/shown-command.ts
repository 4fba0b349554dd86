/** A command as it can be typed again: quoted for a shell, and without what is secret. */
import { HIDDEN_SECRET, redactUrl, secretParameters } from '../../download/index.js'
import { isSwitch, type AnyOption } from './option.js'
import { GET_OPTIONS, type GetValues } from './options.js'
import type { Given } from './read-options.js'

/** What to show, and what to change in it. */
export interface ShownCommand {
  readonly urls: readonly string[]
  readonly typed: ReadonlyMap<keyof GetValues, Given>
  readonly without?: readonly (keyof GetValues)[]
  /** Text to add, such as `--retry-failed`. */
  readonly adding?: string
}

/** Longer ones are not shown: nobody copies them. */
const LONGEST = 1_000

/** `halyard get …`, or undefined if it would be too long. */
export function shownCommand({ urls, typed, without = [], adding }: ShownCommand): string | undefined {
  const secret = secretsOf(typed)
  const words = ['halyard', 'get', ...urls.map((url) => quoted(redactUrl(url, secret)))]
  for (const [key, given] of typed) {
    if (!without.includes(key)) words.push(...wordsOf(GET_OPTIONS[key], key, given))
  }
  if (adding !== undefined) words.push(adding)
  const command = words.join(' ')
  return command.length > LONGEST ? undefined : command
}

function wordsOf(option: AnyOption, key: keyof GetValues, given: Given): string[] {
  const { letter, name } = option
  if (given === false) return [`--no-${name}`]
  const word = letter === undefined ? `--${name}` : `-${letter}`
  if (given === true) return [isSwitch(option) ? word : `--${name}`]
  // A value that may be missing belongs to its option only by an equals sign.
  if ('bare' in option) return [`--${name}=${quoted(given.at(-1) ?? '')}`]
  return given.flatMap((text) => [word, quoted(shownValue(key, text))])
}

function shownValue(key: keyof GetValues, text: string): string {
  if (key === 'headers') return isSecretHeader(text) ? `${headerName(text)}: ${HIDDEN_SECRET}` : text
  return key === 'proxy' ? redactUrl(text) : text
}

/** Headers that say nothing secret. */
const HARMLESS = /^(?:accept|accept-\w+|cache-control|dnt|from|pragma|range|te|user-agent)$/i

/** Whether a header, as typed, may hold a password or a token. */
export function isSecretHeader(text: string): boolean {
  return !text.startsWith('@') && !HARMLESS.test(headerName(text))
}

function headerName(text: string): string {
  return text.slice(0, Math.max(0, text.indexOf(':')))
}

/** Whether an address, as typed, carries a password, a token or a key. */
export function isSecretUrl(text: string, secret?: readonly string[]): boolean {
  return redactUrl(text, secret) !== text
}

/** Query parameters that are secrets: the usual ones, and those typed. */
export function secretsOf(typed: ShownCommand['typed']): readonly string[] {
  const given = typed.get('secretParameters')
  return secretParameters(typeof given === 'object' ? given : [])
}

// oxlint-disable-next-line no-control-regex -- controls are the subject
const CONTROLS = /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g

/** One word for a POSIX shell. What a terminal would obey is written as an escape. */
export function quoted(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (text.search(CONTROLS) === -1) return `'${text.replaceAll("'", String.raw`'\''`)}'`
  const escaped = text.replaceAll(/[\\']/g, String.raw`\$&`).replaceAll(CONTROLS, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  return `$'${escaped}'`
}
