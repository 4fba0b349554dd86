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

/** JSON has no such numbers; they would become null. */
const finite = (number: number | undefined): number | undefined => (Number.isFinite(number) ? number : undefined)

/**
 * The line of a journal that holds `outcome`, with its line break. Always the same order of fields, which whoever scans a journal relies on;
 * at most {@link LONGEST_LINE} bytes.
 */
export function recordLine(outcome: Outcome): string {
  const { ms, error } = outcome
  const json = JSON.stringify({
    id: outcome.id,
    url: cut(outcome.url, LONGEST.url),
    status: outcome.status,
    code: cut(outcome.code, LONGEST.value),
    http: finite(outcome.http),
    file: cut(outcome.file, LONGEST.name),
    bytes: finite(outcome.bytes),
    sha256: wholeOrNone(outcome.sha256),
    etag: wholeOrNone(outcome.etag),
    lastModified: wholeOrNone(outcome.lastModified),
    contentType: cut(outcome.contentType, LONGEST.value),
    finalUrl: cut(outcome.finalUrl, LONGEST.name),
    attempts: finite(outcome.attempts),
    start: outcome.start,
    ms: ms && { wait: finite(ms.wait), connect: finite(ms.connect), ttfb: finite(ms.ttfb), total: finite(ms.total) },
    worker: cut(outcome.worker, LONGEST.value),
    line: finite(outcome.line),
    list: cut(outcome.list, LONGEST.name),
    error: error && { message: cut(error.message, LONGEST.message), cause: cut(error.cause, LONGEST.message) },
  })
  return `${surprising.test(json) ? json.replaceAll(allSurprising, escaped) : json}\n`
}
