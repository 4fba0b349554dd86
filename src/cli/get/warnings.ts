import { printable } from '../../text/index.js'
import type { GetJob } from './get-job.js'
import { variableOf } from './option.js'
import { GET_OPTIONS } from './options.js'
import { isSecretUrl, isSecretHeader, secretsOf } from './shown-command.js'

const VISIBLE = 'can be read by everyone on this machine in the list of processes'

/** What a person should know about the command line before the run begins. */
export function warnings({ urls, typed }: GetJob, env: Readonly<Record<string, string | undefined>>): string[] {
  const typedTexts = (key: 'headers' | 'proxy'): readonly string[] => {
    const given = typed.get(key)
    return given === undefined || typeof given === 'boolean' ? [] : given
  }
  const found: string[] = []
  const secret = secretsOf(typed)
  if (urls.some((url) => isSecretUrl(url, secret)))
    found.push(`the secret in a URL ${VISIBLE}; --netrc or a list (-i FILE) hides it`)
  if (typedTexts('proxy').some((address) => isSecretUrl(address)))
    found.push(`the password in --proxy ${VISIBLE}; HALYARD_PROXY hides it`)
  if (typedTexts('headers').some(isSecretHeader)) found.push(`a header in -H ${VISIBLE}; -H @file hides it`)
  const known = new Set(Object.values(GET_OPTIONS).map(variableOf))
  const unknown = Object.keys(env).filter((name) => name.startsWith('HALYARD_') && !known.has(name))
  if (unknown.length > 0) found.push(`no option has the name of ${unknown.sort().join(', ')}`)
  return found.map((warning) => printable(warning, '?'))
}
