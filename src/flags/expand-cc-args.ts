const A_Z = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i))

/** Some country codes that were typed make no sense. The message is the book's. */
export class CountryCodeError extends Error {
  override readonly name: string = 'CountryCodeError'
  readonly code: string = 'ERR_COUNTRY_CODE'
}

/**
 * Returns the country codes asked for, sorted, at most `limit` of them.
 *
 * @param everyCc - all 676 from AA to ZZ; wins over the next two
 * @param allCc - the ones that exist, `allCodes`; wins over the next
 * @param ccArgs - two letters, or one letter for all 26 that begin with it; upper or lower case
 * @throws {CountryCodeError} one of `ccArgs` is neither
 */
export function expandCcArgs(
  everyCc: boolean,
  allCc: boolean,
  ccArgs: readonly string[],
  limit: number,
  allCodes: readonly string[],
): string[] {
  const codes = new Set<string>()
  if (everyCc) {
    for (const a of A_Z) for (const b of A_Z) codes.add(a + b)
  } else if (allCc) {
    for (const cc of allCodes) codes.add(cc)
  } else {
    for (const arg of ccArgs) {
      // Tested before it is made upper case: 'ß' would become 'SS'.
      if (!/^[A-Za-z]{1,2}$/.test(arg)) throw new CountryCodeError('each CC argument must be A to Z or AA to ZZ.')
      const cc = arg.toUpperCase()
      if (cc.length === 1) for (const c of A_Z) codes.add(cc + c)
      else codes.add(cc)
    }
  }
  return [...codes].sort().slice(0, limit)
}
