import type { Outcome } from '../outcome.js'

/** Characters that no field needs more of. A URL has at most 64 KB; the rest is what servers say, and may be a megabyte. */
const LONGEST = { url: 65_536, name: 8_192, value: 4_096, message: 1_000 } as const

/**
 * What JSON allows but would surprise whoever looks at the file: DEL and the C1 controls move a terminal's cursor, some programs break lines
 * at U+0085, U+2028 and U+2029, and the marks of direction reorder what is read.
 */
const surprising = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/
const allSurprising = new RegExp(surprising, 'g')

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

function cut(text: string | undefined, longest: number): string | undefined {
  if (text === undefined || text.length <= longest) return text
  const last = text.charCodeAt(longest - 2)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return `${text.slice(0, splitsPair ? longest - 2 : longest - 1)}…`
}

/** A value that is compared with what a server says later: cut it would be wrong. */
const wholeOrNone = (text: string | undefined): string | undefined =>
  text !== undefined && text.length > LONGEST.value ? undefined : text

/** What JSON writes between its quotes as it is, and nothing surprising. */
const plain = /^[ !#-[\]-~]*$/

function quoted(text: string): string {
  if (plain.test(text)) return `"${text}"`
  const json = JSON.stringify(text)
  return surprising.test(json) ? json.replaceAll(allSurprising, escaped) : json
}

const textField = (name: string, text: string | undefined): string => (text === undefined ? '' : `,"${name}":${quoted(text)}`)

/** JSON has no numbers that are not finite. */
const numberField = (name: string, number: number | undefined): string =>
  number === undefined || !Number.isFinite(number) ? '' : `,"${name}":${number}`

const objectField = (name: string, fields: string | undefined): string =>
  fields === undefined ? '' : `,"${name}":{${fields.slice(1)}}`

/**
 * The line of a journal that holds `outcome`, with its line break. Always the same order of fields, which whoever scans a journal relies on;
 * at most {@link LONGEST_LINE} bytes. Field by field: most texts are plain, and one JSON.stringify of all takes ten times as long.
 */
export function recordLine(outcome: Outcome): string {
  return lineOf(outcome, false)
}

/** The same without what differs from run to run: `attempts`, `start`, `ms`, `worker`. */
export function lastingLine(outcome: Outcome): string {
  return lineOf(outcome, true)
}

function lineOf(outcome: Outcome, lasting: boolean): string {
  const { ms, error } = outcome
  return `{"id":${outcome.id}${[
    textField('url', cut(outcome.url, LONGEST.url)),
    textField('status', outcome.status),
    textField('code', cut(outcome.code, LONGEST.value)),
    numberField('http', outcome.http),
    textField('file', cut(outcome.file, LONGEST.name)),
    textField('member', cut(outcome.member, LONGEST.name)),
    numberField('bytes', outcome.bytes),
    textField('sha256', wholeOrNone(outcome.sha256)),
    textField('etag', wholeOrNone(outcome.etag)),
    textField('lastModified', wholeOrNone(outcome.lastModified)),
    textField('contentType', cut(outcome.contentType, LONGEST.value)),
    textField('finalUrl', cut(outcome.finalUrl, LONGEST.name)),
    lasting ? '' : numberField('attempts', outcome.attempts),
    lasting ? '' : textField('start', outcome.start),
    lasting ? '' : objectField('ms', ms && durations(ms)),
    lasting ? '' : textField('worker', cut(outcome.worker, LONGEST.value)),
    numberField('line', outcome.line),
    textField('list', cut(outcome.list, LONGEST.name)),
    objectField('error', error && reasons(error)),
  ].join('')}}\n`
}

const durations = ({ wait, connect, ttfb, total }: NonNullable<Outcome['ms']>): string =>
  numberField('wait', wait) + numberField('connect', connect) + numberField('ttfb', ttfb) + numberField('total', total)

const reasons = ({ message, cause }: NonNullable<Outcome['error']>): string =>
  textField('message', cut(message, LONGEST.message)) + textField('cause', cut(cause, LONGEST.message))
