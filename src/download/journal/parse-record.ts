import { STATUSES, type Outcome, type Status } from '../outcome.js'

type Shape = 'string' | 'number' | Readonly<Record<string, 'string' | 'number'>>

/** Every field of a record and what it holds, in the order of the record. What is not here is dropped. */
const shape: Readonly<Record<keyof Outcome, Shape>> = {
  id: 'number',
  url: 'string',
  status: 'string',
  code: 'string',
  http: 'number',
  file: 'string',
  member: 'string',
  bytes: 'number',
  sha256: 'string',
  etag: 'string',
  lastModified: 'string',
  contentType: 'string',
  finalUrl: 'string',
  attempts: 'number',
  start: 'string',
  ms: { wait: 'number', connect: 'number', ttfb: 'number', total: 'number' },
  worker: 'string',
  line: 'number',
  list: 'string',
  error: { message: 'string', cause: 'string' },
}

const statuses: ReadonlySet<string> = new Set(STATUSES)

export const isStatus = (text: unknown): text is Status => statuses.has(text as string)

/** Numbers that lines can have. */
export const isLineId = (id: unknown): id is number => Number.isSafeInteger(id) && (id as number) >= 0

type Fields = Record<string, unknown>

/** The fields of `value` that are known; undefined if one of them holds something else than it should. `null` counts as absent. */
function known(value: unknown, fields: Readonly<Record<string, Shape>>): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const result: Fields = {}
  for (const key of Object.keys(fields)) {
    const wanted = fields[key]
    const found: unknown = (value as Fields)[key]
    if (wanted === undefined || found === undefined || found === null || !Object.hasOwn(value, key)) continue
    const kept = typeof wanted === 'object' ? known(found, wanted) : found
    if (kept === undefined || (typeof wanted === 'string' && typeof kept !== wanted)) return undefined
    result[key] = kept
  }
  return result
}

/** The outcome that a line of a journal holds; undefined if it holds none. */
export function parseRecord(line: string): Outcome | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  const record = known(value, shape)
  if (record === undefined || !isLineId(record['id']) || typeof record['url'] !== 'string' || !isStatus(record['status']))
    return undefined
  return record as unknown as Outcome
}
