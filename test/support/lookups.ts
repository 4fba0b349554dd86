/** Name servers as tests want them. */
import type { LookupFunction } from 'node:net'

/** Answers every question with what `addressesOf` says. */
export const lookupOf =
  (addressesOf: (host: string) => readonly string[]): LookupFunction =>
  (host, options, done) => {
    const found = addressesOf(host).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    const [first] = found
    if (first === undefined) done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }), '')
    else if (options.all === true) done(null, found)
    else done(null, first.address, first.family)
  }

/** Every name leads to this machine. */
export const lookupHere: LookupFunction = lookupOf(() => ['127.0.0.1'])
