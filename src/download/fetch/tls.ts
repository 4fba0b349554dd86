/** TLS: whom to trust, and how to prove who we are. */
import { X509Certificate } from 'node:crypto'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { RunError } from '../errors.js'

/** Texts of PEM files. */
export interface TlsFiles {
  /** Authorities trusted beside the usual ones. */
  readonly caCert?: string
  /** A client certificate. */
  readonly cert?: string
  /** Its key; may be in `cert` too. */
  readonly key?: string
}

/** What every connection by TLS is made with. */
export interface TlsOptions {
  readonly rejectUnauthorized: boolean
  readonly secureContext: SecureContext | undefined
}

/**
 * Prepares the trust once: reading 150 root certificates for every connection would take longer than most downloads.
 *
 * @param withCertificate whether the client certificate may be shown: only to origins that the list names
 * @throws RunError ERR_OPTIONS
 */
export function tlsOptions(files: TlsFiles, insecure: boolean, withCertificate: boolean): TlsOptions {
  const { caCert, cert, key } = files
  const identity = withCertificate && cert !== undefined ? { cert, key: key ?? cert } : {}
  if (caCert === undefined && !('cert' in identity)) return { rejectUnauthorized: !insecure, secureContext: undefined }
  try {
    const ca = caCert === undefined ? {} : { ca: [...rootCertificates, ...authorities(caCert)] }
    return { rejectUnauthorized: !insecure, secureContext: createSecureContext({ ...ca, ...identity }) }
  } catch (error) {
    throw new RunError(
      'ERR_OPTIONS',
      `The certificates of \`caCert\`, \`cert\` or \`key\` cannot be used: ${(error as Error).message}.`,
      {
        cause: error,
      },
    )
  }
}

/** The certificates of a PEM file, each looked at: TLS itself passes over those it cannot read, and then trusts fewer than it should. */
function authorities(pem: string): string[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g)
  if (found === null) throw new Error('no certificate in the file of `caCert`')
  return found.map((text) => new X509Certificate(text).toString())
}
