/**
 * What hides secrets in everything shown: records, events, messages. Works on the text and not on a parsed URL, because it runs for every
 * record, and because what does not parse can hold a password too.
 */
import { printable } from '../text/index.js'

/** Query parameters whose values are secrets, whoever asks. */
const SECRET_PARAMETERS: readonly string[] = [
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'auth_token',
  'api_key',
  'apikey',
  'api-key',
  'key',
  'sig',
  'signature',
  'x-amz-signature',
  'x-amz-security-token',
  'x-amz-credential',
  'awsaccesskeyid',
  'x-goog-signature',
  'x-goog-credential',
  'password',
  'passwd',
  'pwd',
  'pass',
  'secret',
  'client_secret',
  'auth',
  'authorization',
  'code',
  'jwt',
  'session',
  'sessionid',
]

/** The usual ones and more. To be asked for once: see {@link redactUrl}. */
export function secretParameters(more: readonly string[] = []): readonly string[] {
  return more.length === 0 ? SECRET_PARAMETERS : [...SECRET_PARAMETERS, ...more]
}

/** Stands for a secret. */
export const HIDDEN_SECRET = '***'

/** Most URLs hold none of these, and so nothing to hide. `=` and not `?`: a parameter without a value is no secret. */
const suspect = /[@=]|[^ -~]/

const asSet = new WeakMap<readonly string[], ReadonlySet<string>>()

function lowerCased(names: readonly string[]): ReadonlySet<string> {
  let set = asSet.get(names)
  if (set === undefined) {
    set = new Set(names.map((name) => name.toLowerCase()))
    asSet.set(names, set)
  }
  return set
}

/**
 * The URL without its userinfo (`https://***@host/`), without the values of the query parameters named (whatever their case), and
 * printable. Never throws; text that is no URL is treated the same way as far as it goes, rather hiding too much.
 *
 * @param secret the same array each time: what is made of it is kept
 */
export function redactUrl(url: string, secret: readonly string[] = SECRET_PARAMETERS): string {
  if (!suspect.test(url)) return url
  const text = printable(url, '\ufffd')
  const hidden = text.includes('@') ? hideUserinfo(text) : text
  return hidden.includes('=') ? hideParameters(hidden, lowerCased(secret)) : hidden
}

const userinfo = /([/\\]{2})[^/\\?#\s]*@/g
/** As the URL parser finds it: `https:user:pass@host` and `https:/\user:pass@host` have userinfo too. */
const leadingUserinfo = /^(\s*[a-z][a-z0-9+.-]*:)[/\\]*[^/\\?#]*@/i
/** Schemes for which the standard says where userinfo ends; `user:pa//ss@host` is a URL too, of the scheme `user`. */
const hierarchical = /^\s*(?:https?|wss?|ftp):/i
/** Of a word that holds a URL, perhaps in quotes: `"https://`. */
const beforeAuthority = /^(?:[^@]*?["'(<=])?https?:\/\//i
const scheme = /^\s*[a-z][a-z0-9+.-]*:[/\\]*/i

/** Nothing before its path could be userinfo: most URLs with an `@` (`/@name`, `?mail=`) are like this, and need no parser. */
const plainHost = /^https?:\/\/[a-z0-9.-]+[/?#]/i

function hideUserinfo(text: string): string {
  if (plainHost.test(text)) return text.replaceAll(userinfo, `$1${HIDDEN_SECRET}@`)
  if (hierarchical.test(text) && URL.canParse(text)) {
    return text.replace(leadingUserinfo, `$1//${HIDDEN_SECRET}@`).replaceAll(userinfo, `$1${HIDDEN_SECRET}@`)
  }
  // Where the parser sees no URL, a password may hold anything, slashes and question marks too.
  const begin = scheme.exec(text)?.[0]
  if (begin !== undefined) return begin + hideUpToAt(text.slice(begin.length))
  return text.replaceAll(/\S+/g, (word) => {
    const shown = beforeAuthority.exec(word)?.[0] ?? ''
    return shown + hideUpToAt(word.slice(shown.length))
  })
}

function hideUpToAt(text: string): string {
  const at = text.lastIndexOf('@')
  return at === -1 ? text : HIDDEN_SECRET + text.slice(at)
}

const wholeUrl = /^\s*[a-z][a-z0-9+.-]*:/i
/** A text that is one URL has no end of a value but & and #; in a sentence a blank or a quote ends it. */
const endInUrl = /[&#]/g
const endInText = /[&#\s"'<>]/g

function hideParameters(text: string, secret: ReadonlySet<string>): string {
  let shown = ''
  let from = 0
  for (let equals = text.indexOf('='); equals !== -1; equals = text.indexOf('=', equals + 1)) {
    const name = nameBefore(text, equals, from)
    if (name === undefined || !secret.has(parameterName(name))) continue
    const end = wholeUrl.test(text) ? endInUrl : endInText
    shown += `${text.slice(from, equals + 1)}${HIDDEN_SECRET}`
    end.lastIndex = equals + 1
    from = end.exec(text)?.index ?? text.length
    equals = from - 1
  }
  return from === 0 ? text : shown + text.slice(from)
}

const DELIMITERS = '?&;#'

/** Of the parameter whose `=` is at `to`; undefined where no delimiter begins one. */
function nameBefore(text: string, to: number, from: number): string | undefined {
  for (let at = to - 1; at >= from && text[at] !== '='; at -= 1) {
    if (DELIMITERS.includes(text.charAt(at))) return text.slice(at + 1, to)
  }
  return undefined
}

/** As a server would read it: percent-decoded, case aside. Line breaks, which the URL parser drops, have become U+FFFD. */
function parameterName(written: string): string {
  if (!/[%\ufffd\s]/.test(written)) return written.toLowerCase()
  return percentDecoded(written).replaceAll('\ufffd', '').trim().toLowerCase()
}

function percentDecoded(text: string): string {
  return text.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
}
