/** What the engine says of its options, in the words of the command line: it knows `cookieJar`, and --cookie-jar was typed. */
import { RunError } from '../../download/index.js'
import type { GetJob } from './get-job.js'
import { type AnyOption, isSwitch } from './option.js'
import { GET_OPTIONS } from './options.js'

/** The error, or one that says the same with the names that were typed. */
export function asTyped(error: unknown, { origins }: GetJob): unknown {
  if (!(error instanceof RunError) || error.code !== 'ERR_OPTIONS') return error
  const message = error.message.replaceAll(/`(\w+)(?:: '?([\w-]+)'?)?`/g, (all, key: string, value: string | undefined) => {
    const option: AnyOption | undefined = Object.hasOwn(GET_OPTIONS, key)
      ? GET_OPTIONS[key as keyof typeof GET_OPTIONS]
      : undefined
    if (option === undefined) return all
    if (value === undefined) return origins.get(key) ?? `--${option.name}`
    return isSwitch(option) ? `--${option.name}` : `--${option.name} ${value}`
  })
  return new RunError('ERR_OPTIONS', message, { cause: error })
}
