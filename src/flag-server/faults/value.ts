/** What a fault's value may be, how it is written, and what it means. */
export interface ValueKind<Value> {
  /** Stands for the value in help texts, such as `SECONDS`. */
  readonly placeholder: string
  /** Ends the sentence "Expected … to be". */
  readonly expected: string
  /** The meaning of a text of one character a byte; undefined if it has none. */
  readonly parse: (text: string) => Value | undefined
}

/** Two ends of a range, both possible; the same number twice where there is nothing to choose. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Longer than that, a timer of Node.js does not wait at all. */
const MAX_SECONDS = 1_000_000
const DECIMAL = /^\d{1,9}(?:\.\d{1,9})?$/
const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }

/** Seconds, fixed or drawn anew from a range for each request. */
export const seconds: ValueKind<Span> = {
  placeholder: 'SECONDS',
  expected: 'seconds, such as 0.5, or a range of them, such as 0.5-5',
  parse(text) {
    const [from = '', to = from, ...more] = text.split('-')
    if (more.length > 0 || !DECIMAL.test(from) || !DECIMAL.test(to)) return undefined
    if (Number(from) > Number(to) || Number(to) > MAX_SECONDS) return undefined
    return { from: Number(from), to: Number(to) }
  },
}

/** A number of bytes, with K, M, G or T for powers of 1024. A limit is a whole number of M. */
export function bytes({
  from = 0,
  to = Number.MAX_SAFE_INTEGER,
}: { readonly from?: number; readonly to?: number } = {}): ValueKind<number> {
  const limit = to === Number.MAX_SAFE_INTEGER ? 'up, such as 4096, 64K or 1G' : `to ${to / 1024 ** 2}M, such as 4096 or 64K`
  return {
    placeholder: 'BYTES',
    expected: `a number of bytes from ${from} ${limit}`,
    parse(text) {
      const [, digits = '', unit = ''] = /^(\d{1,15})([KMGT]?)$/i.exec(text) ?? []
      const value = Number(digits) * (UNITS[unit.toUpperCase()] ?? 1)
      return digits === '' || value < from || value > to ? undefined : value
    },
  }
}

/** A whole number between two others, both possible. */
export function count({ from = 0, to = 1_000_000 }: { readonly from?: number; readonly to?: number } = {}): ValueKind<number> {
  return {
    placeholder: 'N',
    expected: `a whole number from ${from} to ${to}`,
    parse(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
      return value >= from && value <= to ? value : undefined
    },
  }
}

/** A part of the whole, from 0 to 1. */
export const share: ValueKind<number> = {
  placeholder: 'SHARE',
  expected: 'a number from 0 to 1, such as 0.25',
  parse: (text) => (DECIMAL.test(text) && Number(text) <= 1 ? Number(text) : undefined),
}

/** One of a few words. */
export function choice<Word extends string>(...words: readonly Word[]): ValueKind<Word> {
  return {
    placeholder: 'WORD',
    expected: listed(words),
    parse: (text) => words.find((word) => word === text),
  }
}

/** Any bytes at all, one character a byte. */
export interface Raw {
  readonly raw: string
}

/** One of a few words, or `raw:` and any text to be sent as it is. */
export function choiceOrRaw<Word extends string>(...words: readonly Word[]): ValueKind<Word | Raw> {
  return {
    placeholder: 'WORD',
    expected: `${listed([...words, 'raw:'])} followed by any text`,
    parse: (text) => words.find((word) => word === text) ?? (text.startsWith('raw:') ? { raw: text.slice(4) } : undefined),
  }
}

/** Any bytes: as they are, or as `base64:` and their Base64. */
export const anyBytes: ValueKind<string> = {
  placeholder: 'TEXT',
  expected: 'any text, or base64: followed by the Base64 of any bytes',
  parse(text) {
    if (!text.startsWith('base64:')) return text
    const encoded = text.slice('base64:'.length)
    return /^[A-Za-z0-9+/]*={0,2}$/.test(encoded) ? Buffer.from(encoded, 'base64').toString('latin1') : undefined
  },
}

/** A number of bytes, or a part of the whole. */
export type Amount = { readonly bytes: number } | { readonly share: number }

const plainBytes = bytes()

/** A number of bytes, or a percentage. */
export const amount: ValueKind<Amount> = {
  placeholder: 'BYTES|PERCENT%',
  expected: 'a number of bytes, such as 1000 or 64K, or a percentage, such as 50%',
  parse(text) {
    const [, percent] = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text) ?? []
    if (percent !== undefined) return Number(percent) <= 100 ? { share: Number(percent) / 100 } : undefined
    const number = plainBytes.parse(text)
    return number === undefined ? undefined : { bytes: number }
  },
}

/** A place within an answer. */
export type Place = 'before-headers' | 'in-headers' | 'after-headers' | Amount

/** A place within an answer: before, in the middle of or after the headers, or after so much of the body. */
export const place: ValueKind<Place> = {
  placeholder: 'PLACE',
  expected:
    'before-headers, in-headers, after-headers, a number of bytes of the body, such as 1000, or a percentage of it, such as 50%',
  parse(text) {
    if (text === 'before-headers' || text === 'in-headers' || text === 'after-headers') return text
    return amount.parse(text)
  },
}

/** How many bytes an amount is of a whole; undefined for a percentage of something whose size is not known. */
export function bytesOf(part: Amount, whole: number | undefined): number | undefined {
  if ('bytes' in part) return part.bytes
  return whole === undefined || whole === Infinity ? undefined : Math.floor(part.share * whole)
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
