/** Plan: everything `downloadJob` needs to know beside the job. Plain data, the same for a whole run. */
import type { FetchSettings } from './fetch/settings.js'
import type { SegmentSettings } from './segments/settings.js'
import type { SinkSettings } from './sink/settings.js'

export interface Plan {
  /** Unique to the run; a thread keeps its connections for as long as it sees the same key. */
  readonly key: string
  readonly fetch: FetchSettings
  readonly sink: SinkSettings
  readonly segments: SegmentSettings
  /** Names of query parameters whose values are secrets. */
  readonly secretParameters: readonly string[]
}
