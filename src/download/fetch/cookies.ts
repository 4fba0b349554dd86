/** Cookies: a jar that a hostile server can neither fill nor poison. Only there where a cookie file is given. */
import { closeSync, fchmodSync, openSync, renameSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Cookie, CookieJar, type SerializedCookieJar } from 'tough-cookie'
import { writeWhole } from '../disk/write-whole.js'
import { RunError } from '../errors.js'
import { formatCookieFile, isCookieText, parseCookieFile } from './netscape-cookies.js'

/** Bytes of name and value of one cookie; larger ones are dropped, as browsers do. */
export const MAX_COOKIE = 4096
/** Cookies of one host; further new ones are dropped. */
export const MAX_PER_HOST = 50
/** Cookies of all hosts together, so that a long list of hostile hosts does not fill the memory. */
export const MAX_COOKIES = 3000
/** Set-Cookie headers looked at in one answer. */
const MAX_PER_ANSWER = 50

/** Domains are checked against the public suffix list; values are stored and sent as they came, never decoded. */
export class Cookies {
  readonly #jar = new CookieJar()
  #count = 0

  /** @param text of a Netscape cookie file @param file its name, for messages @throws RunError ERR_OPTIONS */
  constructor(text: string, file: string, now: number) {
    for (const { domain, subdomains, path, secure, httpOnly, expires, name, value, line } of parseCookieFile(text, file)) {
      if (expires !== 0 && expires * 1000 <= now) continue
      const cookie = new Cookie({
        key: name,
        value,
        path,
        secure,
        httpOnly,
        expires: expires === 0 ? 'Infinity' : new Date(expires * 1000),
      })
      if (subdomains) cookie.domain = domain
      try {
        this.#jar.setCookieSync(cookie, `${secure ? 'https' : 'http'}://${domain}${path}`)
      } catch (error) {
        throw new RunError('ERR_OPTIONS', `${file}, line ${line}: ${(error as Error).message}.`)
      }
      this.#count += 1
    }
  }

  /** The value of Cookie for a request; undefined for none. */
  valueFor(url: URL): string | undefined {
    const value = this.#jar.getCookieStringSync(addressOf(url))
    return value === '' ? undefined : value
  }

  /**
   * Takes in what an answer sets. What is malformed, too large, too much or for a foreign domain is dropped.
   *
   * @param now ms since 1970
   */
  take(url: URL, setCookies: readonly string[], now: number): void {
    for (const text of setCookies.slice(0, MAX_PER_ANSWER)) {
      const cookie = text.length > 2 * MAX_COOKIE ? undefined : Cookie.parse(text)
      if (cookie === undefined || !isCookieText(cookie.key) || !isCookieText(cookie.value)) continue
      if (cookie.key.length + cookie.value.length > MAX_COOKIE) continue
      const there = this.#jar.getCookiesSync(addressOf(url), { allPaths: true })
      const isNew = !there.some(({ key }) => key === cookie.key)
      if (isNew && (isOver(cookie, now) || there.length >= MAX_PER_HOST || this.#isFull())) continue
      if (this.#jar.setCookieSync(cookie, addressOf(url), { ignoreError: true }) !== undefined && isNew) this.#count += 1
    }
  }

  /** Writes the jar as a Netscape cookie file, whole or not at all; readable by its owner alone, whatever was there. @throws RunError ERR_OUTPUT */
  save(file: string, now: number): void {
    replaceSecretFile(file, this.#text(now))
  }

  #text(now: number): string {
    const cookies = this.#all().filter((cookie) => !isOver(cookie, now))
    return formatCookieFile(
      cookies.map((cookie) => {
        const expiry = cookie.expiryTime() ?? Number.POSITIVE_INFINITY
        return {
          domain: cookie.domain ?? '',
          subdomains: cookie.hostOnly !== true,
          path: cookie.path ?? '/',
          secure: cookie.secure,
          httpOnly: cookie.httpOnly,
          expires: Number.isFinite(expiry) ? Math.floor(expiry / 1000) : 0,
          name: cookie.key,
          value: cookie.value,
        }
      }),
    )
  }

  /** Counted along, and only where that says it is full, for sure: the jar forgets cookies whose time is over. */
  #isFull(): boolean {
    if (this.#count >= MAX_COOKIES) this.#count = this.#all().length
    return this.#count >= MAX_COOKIES
  }

  #all(): Cookie[] {
    const { cookies } = this.#jar.serializeSync() as SerializedCookieJar
    return cookies.map((cookie) => Cookie.fromJSON(cookie) as Cookie)
  }
}

const isOver = (cookie: Cookie, now: number): boolean => (cookie.expiryTime() ?? Number.POSITIVE_INFINITY) <= now

/** Without userinfo, which the jar has no business with. */
const addressOf = (url: URL): string => `${url.origin}${url.pathname}`

function replaceSecretFile(file: string, text: string): void {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`)
  try {
    const descriptor = openSync(temporary, 'wx', 0o600)
    try {
      try {
        fchmodSync(descriptor, 0o600)
        // Byte for byte as it was read.
        writeWhole(descriptor, Buffer.from(text, 'latin1'))
      } finally {
        closeSync(descriptor)
      }
      renameSync(temporary, file)
    } catch (error) {
      unlinkSync(temporary)
      throw error
    }
  } catch (error) {
    throw new RunError('ERR_OUTPUT', `${file} cannot be written: ${(error as Error).message}.`, { cause: error })
  }
}
