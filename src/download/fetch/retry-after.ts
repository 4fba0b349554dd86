/** How long a server asks to be left alone. */

/**
 * Reads Retry-After: whole seconds, or a date. Undefined for what is neither, for negative numbers and for the past.
 *
 * @param now ms since 1970
 * @returns ms, not capped
 */
export function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,10}$/.test(value)) return Number(value) * 1000
  const date = httpDate(value)
  return date !== undefined && date > now ? date - now : undefined
}

/** An HTTP date (`Sun, 06 Nov 1994 08:49:37 GMT`), in ms since 1970. The two obsolete forms are not read. */
export function httpDate(value: string): number | undefined {
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)) return undefined
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : date
}
