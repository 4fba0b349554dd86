/** Which columns (or keys) of a list mean what. */
import { RunError } from '../errors.js'
import { redactUrl } from '../redact-url.js'
import { excerpt } from './entries.js'

export interface ColumnOptions {
  /** @default 'url' */
  readonly urlCol?: string
  /** Names of the files. @default none in tables, 'name' in jsonl */
  readonly nameCol?: string
  /** Checksums, `ALG:HEX`; bare HEX where the column is called after the algorithm (`sha256`). @default none in tables, 'hash' in jsonl */
  readonly hashCol?: string
  /** Further addresses, with blanks or `|` between them, or a list where the format has lists. @default none in tables, 'mirrors' in jsonl */
  readonly mirrorsCol?: string
}

/** Columns by their names in this list. */
export interface FoundColumns {
  readonly url: string
  readonly name?: string
  readonly hash?: string
  readonly mirrors?: string
}

/** How many columns an error shows. */
const SHOWN = 20

/**
 * Finds the columns in a header, whatever the case of the letters.
 *
 * @throws RunError ERR_SOURCE that names the list, the column missing and the ones found
 */
export function findColumns(header: readonly string[], options: ColumnOptions, list: string): FoundColumns {
  const find = (wanted: string): string => {
    const found = header.find((name) => name === wanted) ?? header.find((name) => sameColumn(name, wanted))
    if (found !== undefined) return found
    const shown = header.slice(0, SHOWN).map((name) => `'${redactUrl(excerpt(name))}'`)
    const more = header.length > SHOWN ? ` and ${String(header.length - SHOWN)} more` : ''
    const hint = header.some((name) => name.includes('://')) ? '; a list of addresses alone is read with --input-format txt' : ''
    throw new RunError('ERR_SOURCE', `${list} has no column '${wanted}'; its columns are ${shown.join(', ')}${more}${hint}`)
  }
  const { urlCol = 'url', nameCol, hashCol, mirrorsCol } = options
  return {
    url: find(urlCol),
    ...(nameCol === undefined ? {} : { name: find(nameCol) }),
    ...(hashCol === undefined ? {} : { hash: find(hashCol) }),
    ...(mirrorsCol === undefined ? {} : { mirrors: find(mirrorsCol) }),
  }
}

const sameColumn = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase()

/** Addresses in one cell. */
export const mirrorsOf = (cell: string): string[] => cell.split(/[\s|]+/).filter((url) => url !== '')
