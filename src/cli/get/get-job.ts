/** What `halyard get` is to do, once everything that was typed makes sense. */
import { statSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import type { DownloadOptions, JobInput, SourceOptions } from '../../download/index.js'
import type { GetValues } from './options.js'
import { proxyOf, proxyVariable } from './proxy-environment.js'
import { readOptions, type ReadOptions, type Refuse } from './read-options.js'

/** Which list: of one file with a known checksum, or whatever a source reads. */
export type Wanted = { readonly one: JobInput } | { readonly spec: SourceOptions }

export interface GetJob {
  readonly wanted: Wanted
  readonly options: DownloadOptions
  readonly output: string
  /** A file for all outcomes in the end. */
  readonly results?: string
  readonly dryRun: boolean
  readonly progress: NonNullable<GetValues['progress']>
  readonly quiet: boolean
  readonly verbose: boolean
  /** What was typed, for the command that continues. */
  readonly urls: readonly string[]
  readonly typed: ReadOptions['typed']
  /** Where an option was said, by the name that it has in the engine, for what that says of it. */
  readonly origins: ReadonlyMap<string, string>
}

/** Whether the list, or a part of it, comes from standard input: it can be read only once. */
export function fromStdin(wanted: Wanted): boolean {
  return 'spec' in wanted && wanted.spec.inputs?.includes('-') === true
}

const OUTPUT = 'downloads'

/** Makes sense of what was typed; the first thing wrong ends the program, before anything is requested. */
export function meantGet(
  urls: readonly string[],
  raw: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
  refuse: Refuse,
): GetJob {
  const { values, typed, origins } = readOptions(raw, env, refuse)
  const { inputs, inputFormat, urlCol, nameCol, hashCol, mirrorsCol, checksum, netrc, netrcFile, ...rest } = values
  const { results, dryRun = false, progress = 'auto', quiet = false, verbose = false, ...options } = rest
  const { output = OUTPUT } = options
  for (const file of [results, options.cookieJar]) if (file !== undefined) mustHaveFolder(file, output, refuse)
  const columns = defined({ urlCol, nameCol, hashCol, mirrorsCol })
  const isTabular = Object.keys(columns).length > 0
  const spec = defined({ urls, inputs, format: inputFormat, columns: isTabular ? columns : undefined })
  return {
    wanted: checksum === undefined ? { spec: checked(spec, refuse) } : oneFile(urls, checksum, refuse),
    options: { ...proxyOf(env), ...options, output, ...defined({ netrc: netrcFile ?? netrc }) },
    output,
    ...defined({ results }),
    dryRun,
    progress,
    quiet,
    verbose,
    urls,
    typed,
    origins: new Map([...proxyOrigin(env), ...origins, ...netrcOrigin(origins)]),
  }
}

function proxyOrigin(env: Readonly<Record<string, string | undefined>>): [string, string][] {
  const variable = proxyVariable(env)
  return variable === undefined ? [] : [['proxy', variable]]
}

/** Two options here, one in the engine. */
function netrcOrigin(origins: ReadOptions['origins']): [string, string][] {
  const origin = origins.get('netrcFile')
  return origin === undefined ? [] : [['netrc', origin]]
}

/** What is written at the end of a long run had better have a place. The folder of the run will be there by then. */
function mustHaveFolder(file: string, output: string, refuse: Refuse): void {
  const folder = resolve(dirname(file))
  const isOurs = folder === resolve(output) || folder.startsWith(resolve(output) + sep)
  if (!isOurs && statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    refuse(`${file} cannot be written: there is no folder ${folder}`)
}

/** Without what is undefined: an absent option and one that is undefined are not the same to the engine. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}

function checked(spec: SourceOptions, refuse: Refuse): SourceOptions {
  const { urls = [], inputs = [], format, columns } = spec
  if (urls.length === 0 && inputs.length === 0) refuse('what shall be downloaded? Name a URL, or a list with -i FILE')
  if (inputs.length === 0 && (format ?? columns) !== undefined)
    refuse('--input-format and the columns are for lists: name one with -i FILE')
  if (inputs.filter((input) => input === '-').length > 1) refuse('-i - can be read only once')
  return spec
}

/** `{a,b}` or `[1-9]`: several URLs in one. */
const GLOB = /\{[^}]*,[^}]*\}|\[\w+-\w+(?::\d+)?\]/

function oneFile(urls: readonly string[], hash: string, refuse: Refuse): Wanted {
  const [url] = urls
  if (url === undefined || urls.length > 1 || GLOB.test(url)) refuse('--checksum is for exactly one URL')
  return { one: { url, hash } }
}
