/** The Netscape cookie file, as curl, wget and browsers' exporters write it: one cookie a line, seven fields, tabs between them. */
import { RunError } from '../errors.js'

export interface FileCookie {
  readonly domain: string
  /** Whether hosts below the domain get it too. */
  readonly subdomains: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  /** Seconds since 1970. 0: until the session ends. */
  readonly expires: number
  readonly name: string
  readonly value: string
  /** Line of the file, from 1. */
  readonly line: number
}

const HTTP_ONLY = '#HttpOnly_'

/**
 * Reads a cookie file. Strict: a line that is not exactly a cookie is an error, not a guess at whose cookie it might be.
 *
 * @param file for messages
 * @throws RunError ERR_OPTIONS; the message holds no value of a cookie
 */
export function parseCookieFile(text: string, file: string): FileCookie[] {
  const cookies: FileCookie[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const httpOnly = line.startsWith(HTTP_ONLY)
    if (line.trim() === '' || (line.startsWith('#') && !httpOnly)) continue
    const fields = (httpOnly ? line.slice(HTTP_ONLY.length) : line).split('\t')
    const problem = fieldProblem(fields)
    if (problem !== undefined) throw new RunError('ERR_OPTIONS', `${file}, line ${index + 1}: ${problem}.`)
    const [domain, subdomains, path, secure, expires, name, value] = fields as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ]
    cookies.push({
      domain: domain.replace(/^\./, '').toLowerCase(),
      subdomains: subdomains === 'TRUE',
      path,
      secure: secure === 'TRUE',
      httpOnly,
      expires: Number(expires),
      name,
      value,
      line: index + 1,
    })
  }
  return cookies
}

function fieldProblem(fields: readonly string[]): string | undefined {
  const [domain = '', subdomains = '', path = '', secure = '', expires = '', name = '', value = ''] = fields
  if (fields.length !== 7) return `a cookie has 7 fields with tabs between them, not ${fields.length}`
  if (!/^\.?[a-z0-9_\-.:[\]]+$/i.test(domain)) return 'the domain is none'
  if (!/^(TRUE|FALSE)$/.test(subdomains) || !/^(TRUE|FALSE)$/.test(secure)) return 'fields 2 and 4 are TRUE or FALSE'
  if (!path.startsWith('/')) return 'the path does not begin with /'
  if (!/^\d{1,12}$/.test(expires)) return 'field 5 is the time it expires, in seconds since 1970'
  if (!isCookieText(name) || name === '' || name.includes('=') || !isCookieText(value))
    return 'a character that no cookie may have'
  return undefined
}

/** No control characters, and nothing that ends a cookie. */
export const isCookieText = (text: string): boolean => !/[^\x20-\x3a\x3c-\x7e\x80-\xff]/.test(text)

/** The text of a cookie file. */
export function formatCookieFile(cookies: readonly Omit<FileCookie, 'line'>[]): string {
  const lines = cookies.map(({ domain, subdomains, path, secure, httpOnly, expires, name, value }) =>
    [
      `${httpOnly ? HTTP_ONLY : ''}${subdomains ? '.' : ''}${domain}`,
      flag(subdomains),
      path,
      flag(secure),
      String(expires),
      name,
      value,
    ].join('\t'),
  )
  return ['# Netscape HTTP Cookie File', ...lines, ''].join('\n')
}

const flag = (on: boolean): string => (on ? 'TRUE' : 'FALSE')
