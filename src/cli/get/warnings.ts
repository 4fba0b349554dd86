import type { GetJob } from './get-job.js'
import { isSecretUrl, isSecretHeader } from './shown-command.js'

const VISIBLE = 'can be read by everyone on this machine in the list of processes'

/** What a person should know about the command line before the run begins. */
export function warnings({ urls, typed }: GetJob): string[] {
  const typedTexts = (key: 'headers' | 'proxy'): readonly string[] => {
    const given = typed.get(key)
    return given === undefined || typeof given === 'boolean' ? [] : given
  }
  const found: string[] = []
  if (urls.some(isSecretUrl)) found.push(`the secret in a URL ${VISIBLE}; --netrc or a list (-i FILE) hides it`)
  if (typedTexts('proxy').some(isSecretUrl)) found.push(`the password in --proxy ${VISIBLE}; HALYARD_PROXY hides it`)
  if (typedTexts('headers').some(isSecretHeader)) found.push(`a header in -H ${VISIBLE}; -H @file hides it`)
  return found
}
