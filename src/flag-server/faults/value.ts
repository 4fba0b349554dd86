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

const DECIMAL = /^\d{1,9}(?:\.\d{1,9})?$/
const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }

/** Seconds, fixed or drawn anew from a range for each request. */
export const seconds: ValueKind<Span> = {
  placeholder: 'SECONDS',
  expected: 'seconds, such as 0.5, or a range of them, such as 0.5-5',
  parse(text) {
    const [from = '', to = from, ...more] = text.split('-')
    if (more.length > 0 || !DECIMAL.test(from) || !DECIMAL.test(to) || Number(from) > Number(to)) return undefined
    return { from: Number(from), to: Number(to) }
  },
}

/** A number of bytes, with K, M, G or T for powers of 1024. */
export function bytes({ atLeast = 0 }: { readonly atLeast?: number } = {}): ValueKind<number> {
  return {
    placeholder: 'BYTES',
    expected: `a number of bytes from ${atLeast} up, such as 4096, 64K or 1G`,
    parse(text) {
      const [, digits = '', unit = ''] = /^(\d{1,15})([KMGT]?)$/i.exec(text) ?? []
      const value = Number(digits) * (UNITS[unit.toUpperCase()] ?? 1)
      return digits === '' || value < atLeast || !Number.isSafeInteger(value) ? undefined : value
    },
  }
}
