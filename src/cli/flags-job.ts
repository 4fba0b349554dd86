import type { Command } from './commander.js'
import { countryCodes, PROFILES, type ProfileName, startFlagServer } from '../flag-server/index.js'
import { BASE_URL, CountryCodeError, expandCcArgs, POP20_CC, STYLES, type StyleName } from '../flags/index.js'
import { EXIT } from './exit-codes.js'
import { typedFaults } from './fault-options.js'

/** What was typed of the codes, beside the codes themselves. */
export interface TypedCodes {
  readonly all?: boolean
  readonly every?: boolean
}

/** What was typed of the place the flags come from. */
export interface TypedSite {
  readonly port?: string | true
  readonly baseUrl?: string
  readonly delay?: string
  readonly errorRate?: string
}

/** What was typed after `halyard flags`. */
export interface TypedFlags extends TypedCodes, TypedSite {
  readonly limit?: string
  readonly max_req?: string
  readonly maxReq?: string
  readonly server?: string
  readonly verbose?: boolean
  readonly style: StyleName
  readonly output: string
}

/** What is meant by it. */
export interface FlagsJob {
  readonly ccList: readonly string[]
  readonly concurReq: number
  readonly label: string
  readonly style: StyleName
  readonly verbose: boolean
  readonly destDir: string
  /** Where the flags come from, once it is started. */
  readonly startServer: () => Promise<FlagSite>
}

/** Where flags come from. */
export interface FlagSite {
  readonly baseUrl: string
  readonly close: () => Promise<void>
}

/** The servers one can name. */
export const LABELS: readonly string[] = [...Object.keys(PROFILES), 'REMOTE'].sort()

/** Makes sense of what was typed, in the order the book does; the first thing wrong ends the program. */
export function meantFlags(ccArgs: readonly string[], typed: TypedFlags, command: Command): FlagsJob {
  const refuse = (message: string): never => command.error(`*** Usage error: ${message}`, { exitCode: EXIT.USAGE })
  const { style, verbose = false, output } = typed
  const { defaultConcurReq, maxConcurReq } = STYLES[style]
  const maxReq = atLeastOne('--max_req CONCURRENT', typed.max_req ?? typed.maxReq ?? String(defaultConcurReq), refuse)
  const limit = typed.limit === undefined ? Infinity : atLeastOne('--limit N', typed.limit, refuse)
  const label = (typed.server ?? (typed.baseUrl === undefined ? 'LOCAL' : 'REMOTE')).toUpperCase()
  if (!LABELS.includes(label)) refuse(`--server LABEL must be one of ${LABELS.join(', ')}`)
  if (output === '') refuse('--output DIR must be the name of a folder')
  const ccList = codes(ccArgs, typed, limit, refuse)
  return {
    ccList,
    concurReq: Math.min(maxReq, maxConcurReq, ccList.length),
    label,
    style,
    verbose,
    destDir: output,
    startServer: site(label, typed, refuse),
  }
}

/** Says what is wrong with the command line, and ends the program. */
export type Refuse = (message: string) => never

/** Reads a whole number from 1 up. */
export function atLeastOne(what: string, text: string, refuse: Refuse): number {
  if (!/^[-+]?\d+$/.test(text)) refuse(`${what} must be an integer, got '${text}'`)
  if (Number(text) < 1) refuse(`${what} must be >= 1`)
  return Number(text)
}

/** The codes that were typed, or the book's twenty. */
export function codes(
  ccArgs: readonly string[],
  { every = false, all = false }: TypedCodes,
  limit: number,
  refuse: Refuse,
): string[] {
  try {
    const ccList = expandCcArgs(every, all, ccArgs, limit, countryCodes())
    return ccList.length > 0 ? ccList : [...POP20_CC].sort().slice(0, limit)
  } catch (error) {
    if (!(error instanceof CountryCodeError)) throw error
    return refuse(error.message)
  }
}

/** Where the flags come from: one of {@link LABELS}, with the faults that were typed, or another address. */
export function site(label: string, typed: TypedSite, refuse: Refuse): () => Promise<FlagSite> {
  const { baseUrl = label === 'REMOTE' ? BASE_URL : undefined, port } = typed
  const faults = typedFaults({ ...typed })
  if (baseUrl !== undefined) {
    if (port !== undefined || Object.keys(faults).length > 0)
      refuse('--port, --delay and --error-rate are for the server inside this program')
    if (!/^https?:/i.test(baseUrl) || !URL.canParse(baseUrl))
      refuse(
        `${typed.baseUrl === undefined ? 'FLAGS_BASE_URL' : '--base-url'} must be an http or https address, got '${baseUrl}'`,
      )
    return async () => ({ baseUrl: baseUrl.replace(/\/+$/, ''), close: async () => {} })
  }
  const profile = PROFILES[label as ProfileName]
  const options = { ...profile, ...faults, port: portOf(port, profile.port, refuse) }
  return async () => {
    const server = await startFlagServer(options)
    return { baseUrl: server.flagsUrl, close: () => server.close() }
  }
}

function portOf(typed: string | true | undefined, ofBook: number, refuse: Refuse): number {
  if (typed === undefined) return 0
  if (typed === true) return ofBook
  if (!/^\d{1,5}$/.test(typed) || Number(typed) > 65_535) refuse(`--port N must be an integer from 0 to 65535, got '${typed}'`)
  return Number(typed)
}
