/** Kinds of values that options take: what is allowed, in words for the error, and how the text is read. */
import { readFileSync } from 'node:fs'

/** A value names a file that cannot be read; the message says which and why. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError'
}

/** How the text of an option is understood. `read` returns undefined for what is not allowed; it may throw an UnreadableError. */
export interface Kind<T> {
  /** Ends the sentence `--jobs must be …`. */
  readonly allowed: string
  readonly read: (text: string) => T | undefined
  /** All there are, where these are few. */
  readonly choices?: readonly string[]
  /** The text may hold a password: no message repeats it. */
  readonly secret?: true
}

export function wholeNumber(least: number, most: number): Kind<number> {
  return {
    allowed: `a whole number from ${least} to ${most}`,
    read: (text) => (/^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined),
  }
}

/** A number, or `auto` for whatever turns out to be right. */
export function autoOr(kind: Kind<number>): Kind<number | 'auto'> {
  return { allowed: `auto, or ${kind.allowed}`, read: (text) => (text === 'auto' ? text : kind.read(text)) }
}

/** A number that may have a fraction. */
export function decimalNumber(unit: string): Kind<number> {
  return { allowed: `a number of ${unit}, 0 or more`, read: (text) => decimal(text) }
}

/** Seconds as typed, milliseconds as read. */
export function seconds({ orNone = false }: { readonly orNone?: boolean } = {}): Kind<number> {
  return {
    allowed: orNone ? 'seconds, such as 30 or 0.5; 0 for no limit' : 'seconds above 0, such as 30 or 0.5',
    read: (text) => {
      const value = decimal(text)
      // setTimeout takes no more than 2^31 ms.
      return value === undefined || value > 2_000_000 || (value === 0 && !orNone) ? undefined : Math.ceil(value * 1000)
    },
  }
}

const UNITS = ['', 'K', 'M', 'G', 'T']

/** Bytes, with K, M, G or T of 1024. */
export const size: Kind<number> = {
  allowed: 'bytes, such as 500, 64K, 1.5M or 2G; 0 for no limit',
  read: (text) => {
    const [, number = '', unit = ''] = /^([\d.]+)([KMGT]?)(?:i?B)?$/i.exec(text) ?? []
    const value = decimal(number)
    return value === undefined ? undefined : Math.round(value * 1024 ** UNITS.indexOf(unit.toUpperCase()))
  },
}

export function oneOf<const T extends string>(...choices: readonly T[]): Kind<T> {
  return {
    allowed: `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`,
    choices,
    read: (text) => choices.find((choice) => choice === text),
  }
}

/** A file, a folder, a column: anything but nothing. */
export function named(what: string): Kind<string> {
  return { allowed: `the name of ${what}`, read: (text) => (text === '' || text.includes('\0') ? undefined : text) }
}

/** A list of one, for options that may be repeated. */
export function listOf(kind: Kind<string>): Kind<readonly string[]> {
  return {
    ...kind,
    read: (text) => {
      const value = kind.read(text)
      return value === undefined ? undefined : [value]
    },
  }
}

/** For switches: the command line has no text for them, but the environment has. */
export const yesOrNo: Kind<boolean> = {
  allowed: 'yes or no',
  read: (text) => (/^(?:1|true|yes|on)$/i.test(text) ? true : /^(?:|0|false|no|off)$/i.test(text) ? false : undefined),
}

// RFC 9110: a token, and what may stand in a field.
const HEADER = /^[!#$%&'*+.^_`|~\dA-Za-z-]+:[ \t]*[\t\x20-\x7E\x80-\xFF]*$/

/** `Name: value`, or `@file` with one on each line. */
export const headers: Kind<readonly string[]> = {
  allowed: "'Name: value', or @file with one of these on each line",
  secret: true,
  read: (text) => {
    const lines = text.startsWith('@') ? linesOf(text.slice(1)) : [text]
    return lines.every((line) => HEADER.test(line)) ? lines : undefined
  },
}

/** Codes of failures, with commas between them. */
export const failureCodes: Kind<readonly string[]> = {
  allowed: 'codes of failures, such as =HTTP_503,TIMEOUT_STALL; for all failures put it behind the URLs',
  read: (text) => (/^[A-Z][A-Z0-9_]*(?:,[A-Z][A-Z0-9_]*)*$/.test(text) ? text.split(',') : undefined),
}

const HEX_DIGITS: Readonly<Record<string, number>> = { sha256: 64, sha512: 128, sha384: 96, sha1: 40, md5: 32 }

export const checksum: Kind<string> = {
  allowed: `ALG:HEX, where ALG is one of ${Object.keys(HEX_DIGITS).join(', ')} and HEX as long as it makes`,
  read: (text) => {
    const [, algorithm = '', hex = ''] = /^([a-z0-9-]+):([\da-f]+)$/i.exec(text) ?? []
    const name = algorithm.toLowerCase().replace(/^sha-/, 'sha')
    return hex.length > 0 && hex.length === HEX_DIGITS[name] ? `${name}:${hex.toLowerCase()}` : undefined
  },
}

/** An address of a proxy, or nothing for none. */
export const proxy: Kind<string> = {
  allowed: "an address such as http://host:3128 or socks5://host:1080, or '' for none",
  secret: true,
  read: (text) => {
    if (text === '') return text
    const address = text.includes('://') ? text : `http://${text}`
    return /^(?:https?|socks5h?):\/\//i.test(address) && URL.canParse(address) ? address : undefined
  },
}

/** Addresses of name servers, with commas between them. */
export const serverAddresses: Kind<readonly string[]> = {
  allowed: 'addresses of name servers, such as 9.9.9.9,149.112.112.112 or [::1]:5353',
  read: (text) => {
    const all = text.split(',')
    return all.every((one) => /^(?:[\d.]+|\[[\da-f:.]+\])(?::\d{1,5})?$|^[\da-f.]*:[\da-f:.]*$/i.test(one)) ? all : undefined
  },
}

/** A host with a port, and where they lead. */
export const fixedAddress: Kind<readonly string[]> = {
  allowed: 'HOST:PORT:ADDRESS, such as example.com:443:192.0.2.7',
  read: (text) => (/^[^\s:]+:\d{1,5}:[\da-f:.,[\]]+$/i.test(text) ? [text] : undefined),
}

/** A file to write the results into. */
export const resultsFile: Kind<string> = {
  allowed: 'a file whose name ends with .jsonl, .csv or .parquet',
  read: (text) => (/\.(?:jsonl|csv|parquet)$/i.test(text) ? text : undefined),
}

function decimal(text: string): number | undefined {
  return /^(?:\d+\.?\d*|\.\d+)$/.test(text) && text.length <= 15 ? Number(text) : undefined
}

function linesOf(file: string): readonly string[] {
  let text: string
  try {
    // Headers are bytes; latin1 keeps each as it is.
    text = readFileSync(file, 'latin1')
  } catch (error) {
    throw new UnreadableError(`@${file} cannot be read: ${(error as Error).message}`)
  }
  return text.split(/\r?\n/).filter((line) => line.trim() !== '')
}
