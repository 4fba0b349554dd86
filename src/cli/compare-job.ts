import { join } from 'node:path'
import type { Command } from './commander.js'
import { STYLES, type StyleName } from '../flags/index.js'
import { isPictureName } from './comparison-pictures.js'
import { EXIT } from './exit-codes.js'
import { atLeastOne, codes, type FlagSite, LABELS, type Refuse, site, type TypedCodes, type TypedSite } from './flags-job.js'

/** What was typed after `halyard compare`. */
export interface TypedCompare extends TypedCodes, Omit<TypedSite, 'baseUrl'> {
  readonly limit?: string
  readonly max_req?: string
  readonly maxReq?: string
  readonly style?: string
  readonly server?: string
  readonly output: string
  readonly picture?: readonly string[]
}

/** What is meant by it. */
export interface CompareJob {
  readonly codes: readonly string[]
  readonly concurrency: number
  readonly styles: readonly StyleName[]
  readonly outputDir: string
  /** Files to draw into; the end of the name says what. */
  readonly pictures: readonly string[]
  /** Where the flags come from, once it is started. */
  readonly startServer: () => Promise<FlagSite>
}

/** How many calls run at once unless asked otherwise: the book's MAX_WORKERS. */
export const MAX_REQ = 20
/** Seconds for an answer of the server inside: about what a flag took over the book's network, and long beside the start of a thread. */
export const DELAY = '0.5'

/** Makes sense of what was typed; the first thing wrong ends the program. */
export function meantCompare(ccArgs: readonly string[], typed: TypedCompare, command: Command): CompareJob {
  const refuse = (message: string): never => command.error(`*** Usage error: ${message}`, { exitCode: EXIT.USAGE })
  const { output, style = Object.keys(STYLES).join(',') } = typed
  const pictures = typed.picture ?? ['html', 'svg'].map((type) => join(output, `halyard-compare.${type}`))
  const odd = pictures.find((path) => !isPictureName(path))
  if (odd !== undefined) refuse(`--picture ${odd} must end with .svg or .html`)
  const limit = typed.limit === undefined ? Infinity : atLeastOne('--limit N', typed.limit, refuse)
  return {
    codes: codes(ccArgs, typed, limit, refuse),
    concurrency: atLeastOne('--max_req CONCURRENT', typed.max_req ?? typed.maxReq ?? String(MAX_REQ), refuse),
    styles: stylesOf(style, refuse),
    outputDir: output,
    pictures,
    startServer: serverOf(typed, refuse),
  }
}

function stylesOf(typed: string, refuse: Refuse): StyleName[] {
  const known = Object.keys(STYLES)
  const names = typed.split(',')
  const odd = names.find((name) => !known.includes(name))
  if (odd !== undefined) refuse(`--style STYLES must be some of ${known.join(',')}, got '${odd}'`)
  return [...new Set(names)] as StyleName[]
}

function serverOf({ server, ...typed }: TypedCompare, refuse: Refuse): () => Promise<FlagSite> {
  if (server === undefined) return site('LOCAL', { delay: DELAY, ...typed }, refuse)
  const label = server.toUpperCase()
  if (LABELS.includes(label)) return site(label, typed, refuse)
  if (!server.includes('/')) refuse(`--server SERVER must be one of ${LABELS.join(', ')}, or an address, got '${server}'`)
  return site('REMOTE', { ...typed, baseUrl: server }, refuse)
}
