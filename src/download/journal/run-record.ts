/** What `run.json` says: which run the folder belongs to, and how far it is. */
import { writeWhole } from '../disk/write-whole.js'
import { RunError } from '../errors.js'
import type { ListHead } from '../source/list-head.js'
import { readWhole, replaceFile } from './state-file.js'

export type OptionValue = string | number | boolean | null | readonly OptionValue[] | { readonly [key: string]: OptionValue }

/** What makes a run this one and no other. */
export interface RunDescription {
  /** Of this program. */
  readonly version: string
  /** Tells the list from another; undefined while that is not known (standard input). */
  readonly list?: string
  /** About how many lines it has, where that is known before it is read. */
  readonly about?: number
  /** The options that change what ends up in the folder, by the names that people know them by. No secrets: for those a digest. */
  readonly options: Readonly<Record<string, OptionValue>>
}

export interface RunRecord {
  /** Of this file and the ones beside it. */
  readonly format: number
  readonly halyard: string
  /** ISO 8601. */
  readonly created: string
  readonly list?: string
  /** About how many lines it has. */
  readonly about?: number
  /** The list broke off: what could be read of it. One that begins the same is the same, mended. */
  readonly broken?: ListHead
  readonly options: Readonly<Record<string, OptionValue>>
  /** What was begun with the files beside this one and must be done again if it is still written here: see `RunFolder`. */
  readonly pending?: 'fresh' | 'refresh'
  /** The whole list is being asked for again; what was known before is in `journal.previous.jsonl`. */
  readonly refreshing?: true
  /** Every line has its record. */
  readonly finished?: { readonly lines: number; readonly at: string }
}

const FORMAT = 1

export function newRunRecord({ version, list, about, options }: RunDescription, created: Date): RunRecord {
  return {
    format: FORMAT,
    halyard: version,
    created: created.toISOString(),
    ...(list !== undefined && { list }),
    ...(about !== undefined && { about }),
    options,
  }
}

export function writeRunRecord(path: string, record: RunRecord): void {
  replaceFile(path, (fd) => writeWhole(fd, Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`)))
}

/**
 * Undefined if there is none.
 *
 * @throws RunError ERR_JOURNAL if it cannot be read, ERR_DIFFERENT_RUN if another version wrote it in another format
 */
export function readRunRecord(path: string): RunRecord | undefined {
  let text: string
  try {
    text = readWhole(path).toString('utf8')
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new RunError('ERR_JOURNAL', `${path} cannot be read (${code})`, { cause })
  }
  const record = parseObject(text)
  if (
    record === undefined ||
    typeof record.format !== 'number' ||
    typeof record.options !== 'object' ||
    record.options === null
  ) {
    throw new RunError(
      'ERR_JOURNAL',
      `${path} cannot be read: it was cut or edited. --fresh starts over, or choose another folder with -o`,
    )
  }
  if (record.format !== FORMAT) {
    throw new RunError(
      'ERR_DIFFERENT_RUN',
      `${path} was written by halyard ${record.halyard} in format ${record.format}; this version knows format ${FORMAT}. ` +
        'Continue with that version, start over with --fresh, or choose another folder with -o',
    )
  }
  return record
}

function parseObject(text: string): RunRecord | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as RunRecord) : undefined
  } catch {
    return undefined
  }
}

/** What tells the run of a folder from the one that is asked for now, a sentence each; none: it is the same run. */
export function differences(earlier: RunRecord, now: RunDescription): string[] {
  const found: string[] = []
  if (earlier.list !== undefined && now.list !== undefined && earlier.list !== now.list) {
    found.push(
      earlier.broken === undefined
        ? 'the list is another one, or was changed'
        : 'the list broke off, and this one does not begin with what was read of it',
    )
  }
  for (const name of [...new Set([...Object.keys(earlier.options), ...Object.keys(now.options)])].sort()) {
    const [before, after] = [earlier.options, now.options].map((options) => shown(options, name))
    if (before !== after) found.push(`${name} was ${before}, and is now ${after}`)
  }
  if (found.length > 0 && earlier.halyard !== now.version) {
    found.push(`it was begun by halyard ${earlier.halyard}, and this is ${now.version}`)
  }
  return found
}

const shown = (options: Readonly<Record<string, OptionValue>>, name: string): string =>
  Object.hasOwn(options, name) ? JSON.stringify(sorted(options[name] ?? null)) : 'not set'

/** With the keys of objects in one order, so that equal values look equal. */
function sorted(value: OptionValue): OptionValue {
  if (Array.isArray(value)) return value.map((one: OptionValue) => sorted(one))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]))
}

/** @throws RunError ERR_DIFFERENT_RUN unless the folder's run is the one asked for now */
export function refuseDifferent(output: string, earlier: RunRecord, now: RunDescription): void {
  const found = differences(earlier, now)
  if (found.length === 0) return
  throw new RunError(
    'ERR_DIFFERENT_RUN',
    `${output} holds a different run: ${found.join('; ')}. Start over with --fresh, or choose another folder with -o`,
  )
}
