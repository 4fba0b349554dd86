import { FlagServerError } from '../errors.js'
import type { ValueKind } from './value.js'

/**
 * What a fault is for; it decides which requests it holds for.
 *
 * - `content`: what is served. Holds for every request.
 * - `pace`: how fast it is served. Holds for every request.
 * - `which`: says which requests the failures hit.
 * - `failure`: what goes wrong, for the requests chosen so; for every request if nothing chooses.
 */
export type FaultRole = 'content' | 'pace' | 'which' | 'failure'

/** One row of the table of faults: everything that options, query, command line and documentation need to know. */
export interface Fault<Name extends string = string, Value = unknown> {
  /** The option of `startFlagServer`, such as `retryAfter`. */
  readonly name: Name
  /** The query parameter, such as `retry-after`. */
  readonly query: string
  /** The command line option with its placeholder, such as `--retry-after <WHEN>`. */
  readonly flag: string
  readonly role: FaultRole
  /** May be given several times. */
  readonly repeatable: boolean
  /** What the value must be; ends the sentence "Expected … to be". */
  readonly expected: string
  /** What it does, in sentences. */
  readonly doc: string
  /** A query that shows it. */
  readonly example: string
  /** Reads a value, one character a byte. @throws {FlagServerError} `ERR_FLAG_SERVER_OPTION`, naming `asked`. */
  readonly parse: (text: string, asked?: string) => Value
}

/** The rows of one family, one for each of its values. */
export type FaultFamily<Values> = { readonly [Name in keyof Values & string]: Fault<Name, Values[Name]> }

/** Fills in what follows from the rest. */
export function fault<Name extends string, Value>(
  name: Name,
  kind: ValueKind<Value>,
  row: Pick<Fault, 'role' | 'doc' | 'example'> & { readonly repeatable?: boolean },
): Fault<Name, Value> {
  const query = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return {
    name,
    query,
    flag: `--${query} <${kind.placeholder}>`,
    role: row.role,
    repeatable: row.repeatable ?? false,
    expected: kind.expected,
    doc: row.doc,
    example: row.example,
    parse(text, asked = `option \`${name}\``) {
      const value = kind.parse(text)
      if (value !== undefined) return value
      throw new FlagServerError(
        `Expected ${asked} to be ${kind.expected}; got ${JSON.stringify(text)}.`,
        'ERR_FLAG_SERVER_OPTION',
      )
    },
  }
}
