import type { StyleName } from '../flags/index.js'
import type { Download } from './job.js'

/** What the process of a style is told, once. */
export interface StyleJob {
  readonly style: StyleName
  readonly codes: readonly string[]
  readonly baseUrl: string
  readonly destDir: string
  readonly concurrency: number
}

/** A download with its times in milliseconds since 1970: what clocks of different processes share. */
export type TimedDownload = Omit<Download, 'bytes'>

/** What the process of a style tells; one `download` for each code unless it fails. */
export type FromStyle =
  | { readonly type: 'download'; readonly download: TimedDownload }
  | { readonly type: 'end'; readonly began: number; readonly ended: number }
  | { readonly type: 'failed'; readonly error: string }
