import type { Header } from '../header.js'
import type { Request } from '../request-reader.js'
import { fault, type FaultFamily } from './fault.js'
import { choice, choiceOrRaw, count, type Raw } from './value.js'

export interface ValidatorFaults {
  /** Which version of the content is served. */
  version: number
  /** What kind of ETag is sent. */
  etag: 'strong' | 'weak' | 'none' | Raw
  /** What kind of Last-Modified is sent. */
  lastModified: 'date' | 'none' | Raw
  /** What becomes of If-None-Match and If-Modified-Since. */
  conditional: 'honour' | 'ignore'
}

export const validatorFaults: FaultFamily<ValidatorFaults> = {
  version: fault('version', count({ to: 10_000 }), {
    role: 'content',
    doc: 'Serves this version: other bytes, another ETag, a later Last-Modified. Default: 0, and one more after each `server.bump()`.',
    example: 'version=2',
  }),
  etag: fault('etag', choiceOrRaw('strong', 'weak', 'none'), {
    role: 'content',
    doc: 'The ETag: strong (default), weak, none, or any text.',
    example: 'etag=weak',
  }),
  lastModified: fault('lastModified', choiceOrRaw('date', 'none'), {
    role: 'content',
    doc: 'Last-Modified: a date that depends on the version (default), none, or any text.',
    example: 'last-modified=none',
  }),
  conditional: fault('conditional', choice('honour', 'ignore'), {
    role: 'content',
    doc: 'Answers If-None-Match and If-Modified-Since with 304 where it applies (default), or sends everything again.',
    example: 'conditional=ignore',
  }),
}

/** What tells two versions of a content apart. */
export interface Validators {
  readonly etag: string | undefined
  readonly lastModified: string | undefined
}

const FIRST_VERSION = Date.UTC(2020, 0, 1)
const HOUR = 3_600_000

/** The validators of one version of what is served at a path. */
export function validatorsOf(
  faults: Partial<ValidatorFaults>,
  content: {
    readonly path: string
    readonly size: number | undefined
    readonly coding: string | undefined
    readonly version: number
  },
): Validators {
  const { etag = 'strong', lastModified = 'date' } = faults
  const size = content.size === Infinity ? undefined : content.size
  const name = [content.path.split('/').at(-1), `v${content.version}`, size, content.coding]
  const opaque = `"${name
    .filter(Boolean)
    .join('-')
    .replace(/[^\w.-]/g, '')}"`
  const date = new Date(FIRST_VERSION + content.version * HOUR).toUTCString()
  return {
    etag: typeof etag === 'object' ? etag.raw : etag === 'none' ? undefined : etag === 'weak' ? `W/${opaque}` : opaque,
    lastModified: typeof lastModified === 'object' ? lastModified.raw : lastModified === 'none' ? undefined : date,
  }
}

export function validatorHeaders({ etag, lastModified }: Validators): readonly Header[] {
  return [
    ...(etag === undefined ? [] : [['ETag', etag] as const]),
    ...(lastModified === undefined ? [] : [['Last-Modified', lastModified] as const]),
  ]
}

/** Whether the client already has this version. */
export function unchanged({ headers }: Request, { etag, lastModified }: Validators, faults: Partial<ValidatorFaults>): boolean {
  if (faults.conditional === 'ignore') return false
  const tags = headers['if-none-match']
  if (tags !== undefined)
    return tags.trim() === '*' || (etag !== undefined && tags.split(/\s*,\s*/).some((tag) => opaqueTag(tag) === opaqueTag(etag)))
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return lastModified !== undefined && Date.parse(lastModified) <= since
}

/** Whether If-Range, if sent at all, names this very version: by a strong ETag, or by the same date. */
export function sameVersion({ headers }: Request, { etag, lastModified }: Validators): boolean {
  const named = headers['if-range']
  if (named === undefined) return true
  return named.startsWith('"') ? named === etag : !named.startsWith('W/') && named === lastModified
}

function opaqueTag(tag: string): string {
  return tag.replace(/^W\//, '')
}
