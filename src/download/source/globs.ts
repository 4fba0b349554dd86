/**
 * Globs of the command line, as curl has them: `{a,b}`, `[1-100]`, `[001-100]`, `[a-z]`, each with a step (`[1-10:2]`); beyond curl, braces
 * may hold globs. A backslash takes the meaning off `{ } [ ] ,`. `[]` and IPv6 addresses (`[::1]`) are no globs. The last glob runs fastest.
 *
 *   http://h/{a,b}[1-2]  ─▶  [literal, choice(…, …), range]  ─▶  a1 a2 b1 b2, one at a time
 */
import { RunError } from '../errors.js'

type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'choice'; readonly of: readonly (readonly Part[])[] }
  | { readonly kind: 'numbers'; readonly from: number; readonly to: number; readonly step: number; readonly width: number }
  | { readonly kind: 'letters'; readonly from: number; readonly to: number; readonly step: number }

/** A glob that was read: mistakes are found before the first URL is made. */
export interface Glob extends Iterable<string> {
  /** How many URLs it makes; a product, so perhaps Infinity. */
  readonly count: number
}

/** @throws RunError ERR_OPTIONS that names the position, from 1 */
export function parseGlob(pattern: string): Glob {
  const parts = new GlobParser(pattern).parse()
  return { count: countOf(parts), [Symbol.iterator]: () => expand(parts, 0, '') }
}

function countOf(parts: readonly Part[]): number {
  return parts.reduce((product, part) => product * partCount(part), 1)
}

function partCount(part: Part): number {
  if (part.kind === 'literal') return 1
  if (part.kind === 'choice') return part.of.reduce((sum, parts) => sum + countOf(parts), 0)
  return Math.floor((part.to - part.from) / part.step) + 1
}

function* expand(parts: readonly Part[], index: number, begun: string): Generator<string> {
  const part = parts[index]
  if (part === undefined) yield begun
  else for (const text of texts(part)) yield* expand(parts, index + 1, begun + text)
}

function* texts(part: Part): Generator<string> {
  if (part.kind === 'literal') yield part.text
  else if (part.kind === 'choice') for (const parts of part.of) yield* expand(parts, 0, '')
  else if (part.kind === 'letters') {
    for (let code = part.from; code <= part.to; code += part.step) yield String.fromCodePoint(code)
  } else {
    for (let number = part.from; number <= part.to; number += part.step) yield String(number).padStart(part.width, '0')
  }
}

const MAX_DEPTH = 32
const SPECIAL = '{}[],\\'
const ipv6 = /^\[[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*(?:%[^\][{}]*)?\]/i
const range = /^\[(?:(?<from>\d+)-(?<to>\d+)|(?<first>[a-z])-(?<last>[a-z]))(?::(?<step>\d+))?\]/i

class GlobParser {
  readonly #pattern: string
  #at = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  parse(): Part[] {
    const parts = this.#sequence(0)
    if (this.#at < this.#pattern.length) this.#fail(`'${this.#pattern.charAt(this.#at)}' closes nothing`)
    return parts
  }

  #fail(what: string, at = this.#at): never {
    throw new RunError(
      'ERR_OPTIONS',
      `position ${String(at + 1)} of the URL: ${what}; write a backslash before a brace or bracket that belongs to the URL`,
    )
  }

  /** Up to the end, or to what closes or parts the braces around it. */
  #sequence(depth: number): Part[] {
    const parts: Part[] = []
    let text = ''
    const add = (part: Part): void => {
      if (text !== '') parts.push({ kind: 'literal', text })
      text = ''
      parts.push(part)
    }
    while (this.#at < this.#pattern.length) {
      const char = this.#pattern.charAt(this.#at)
      if (char === '}' || char === ']' || (char === ',' && depth > 0)) break
      if (char === '{') add(this.#choice(depth + 1))
      else if (char === '[') {
        const literal = this.#literalBrackets()
        if (literal === undefined) add(this.#range())
        else text += literal
      } else text += this.#character(char)
    }
    if (text !== '') parts.push({ kind: 'literal', text })
    return parts
  }

  #character(char: string): string {
    const next = this.#pattern.charAt(this.#at + 1)
    const escaped = char === '\\' && next !== '' && SPECIAL.includes(next)
    this.#at += escaped ? 2 : 1
    return escaped ? next : char
  }

  #choice(depth: number): Part {
    const begun = this.#at
    if (depth > MAX_DEPTH) this.#fail('braces nested too deep')
    const of: Part[][] = []
    do {
      this.#at += 1
      of.push(this.#sequence(depth))
    } while (this.#pattern.charAt(this.#at) === ',')
    if (this.#at >= this.#pattern.length) this.#fail("this '{' is never closed", begun)
    if (this.#pattern.charAt(this.#at) !== '}') this.#fail("']' closes nothing")
    if (this.#at === begun + 1) this.#fail('nothing between the braces', begun)
    this.#at += 1
    return { kind: 'choice', of }
  }

  /** `[]`, as in `?id[]=1`, or an IPv6 address. */
  #literalBrackets(): string | undefined {
    const rest = this.#pattern.slice(this.#at, this.#at + 130)
    const literal = rest.startsWith('[]') ? '[]' : ipv6.exec(rest)?.[0]
    this.#at += literal?.length ?? 0
    return literal
  }

  #range(): Part {
    const match = range.exec(this.#pattern.slice(this.#at, this.#at + 130))
    if (match === null) this.#fail('no range such as [1-100], [001-100], [a-z] or [1-10:2]')
    const { from = '', to = '', first = '', last = '', step: written = '1' } = match.groups ?? {}
    const letters = from === ''
    const low = letters ? first.charCodeAt(0) : Number(from)
    const high = letters ? last.charCodeAt(0) : Number(to)
    const step = Number(written)
    if (!Number.isSafeInteger(high + step)) this.#fail('numbers too large for a range')
    if (high < low) this.#fail('a range that runs backwards')
    if (letters && high - low > 25) this.#fail('a range from capital to small letters')
    if (step === 0) this.#fail('a step of 0')
    if (high > low && step > high - low) this.#fail('a step that is longer than the range')
    this.#at += match[0].length
    if (letters) return { kind: 'letters', from: low, to: high, step }
    return { kind: 'numbers', from: low, to: high, step, width: from.startsWith('0') ? from.length : 0 }
  }
}
