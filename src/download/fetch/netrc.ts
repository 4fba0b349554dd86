/** netrc: the file of passwords that ftp, curl and wget read. */
import { RunError } from '../errors.js'

export interface Login {
  readonly login: string
  readonly password: string
}

/** Who logs in where. */
export class Netrc {
  readonly #machines: ReadonlyMap<string, readonly Login[]>
  readonly #default: Login | undefined

  constructor(machines: ReadonlyMap<string, readonly Login[]>, fallback?: Login) {
    this.#machines = machines
    this.#default = fallback
  }

  /** The entry of exactly this host, and of this login if one is asked for; never the default one. */
  forHost(hostname: string, login?: string): Login | undefined {
    const entries = this.#machines.get(hostname.toLowerCase())
    return login === undefined ? entries?.[0] : entries?.find((entry) => entry.login === login)
  }

  /** The entry for hosts that have none of their own. */
  get fallback(): Login | undefined {
    return this.#default
  }
}

/**
 * Reads a netrc file. Strict: a word that is none of the format's is an error with its line, for a password read wrongly is one sent
 * to the wrong place.
 *
 * @param name of the file, for messages
 * @throws RunError ERR_OPTIONS; the message holds no password
 */
export function parseNetrc(text: string, name: string): Netrc {
  const words = wordsOf(text, name)
  const machines = new Map<string, Login[]>()
  let fallback: Login | undefined
  let at = 0
  const value = (key: Word): string => {
    const word = words[at]
    if (word === undefined) throw broken(name, key.line, `nothing follows '${key.text}'`)
    at += 1
    return word.text
  }
  while (at < words.length) {
    const word = words[at] as Word
    at += 1
    if (word.text !== 'machine' && word.text !== 'default') throw broken(name, word.line, `expected 'machine' or 'default'`)
    const host = word.text === 'machine' ? value(word).toLowerCase() : undefined
    let login = ''
    let password = ''
    for (let key = words[at]; key !== undefined && key.text !== 'machine' && key.text !== 'default'; key = words[at]) {
      at += 1
      if (key.text === 'login') login = value(key)
      else if (key.text === 'password') password = value(key)
      else if (key.text === 'account') value(key)
      else throw broken(name, key.line, `expected 'login', 'password', 'account' or 'macdef'`)
    }
    if (host === undefined) fallback ??= { login, password }
    else machines.set(host, [...(machines.get(host) ?? []), { login, password }])
  }
  return new Netrc(machines, fallback)
}

interface Word {
  readonly text: string
  readonly line: number
}

const broken = (name: string, line: number, why: string): RunError =>
  new RunError('ERR_OPTIONS', `${name}, line ${line}: ${why}.`)

/** Splits into words, which may stand in double quotes, with \" and \\ in them. Leaves out comments, and macros, which end with an empty line. */
function wordsOf(text: string, name: string): Word[] {
  const words: Word[] = []
  let inMacro = false
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (inMacro) {
      inMacro = line.trim() !== ''
      continue
    }
    let rest = line.trimStart()
    while (rest !== '' && !rest.startsWith('#')) {
      const [whole, quoted, bare] = /^(?:"((?:[^"\\]|\\.)*)"|([^\s"]\S*))(?=\s|$)/.exec(rest) ?? []
      if (whole === undefined) throw broken(name, index + 1, 'a quotation mark is missing')
      if (bare === 'macdef') {
        inMacro = true
        break
      }
      words.push({ text: quoted?.replaceAll(/\\(.)/g, '$1') ?? (bare as string), line: index + 1 })
      rest = rest.slice(whole.length).trimStart()
    }
  }
  return words
}
