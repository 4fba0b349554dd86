import type { FetchRequest } from '../fetch/fetcher.js'
import type { Plan } from '../plan.js'
import type { Part } from '../sink/sink.js'

/** Whether to try: it was asked for, or an earlier attempt left pieces; and the sink takes them. Decoded bytes come in one stream only. */
export function isForSegments({ segments, fetch }: Plan, { scatter, resumable }: Part, { resume }: FetchRequest): boolean {
  if (scatter === undefined || fetch.decode) return false
  // What is continued by its date alone is continued in one stream.
  if (resume !== undefined && resume.validator.etag === undefined) return false
  return segments.count > 1 || (scatter.left !== undefined && resumable === undefined)
}
