/** How files are fetched in segments. Plain data: it travels to threads and processes. */
export interface SegmentSettings {
  /** Requests at once for one file. 1: one stream. */
  readonly count: number
  /** Bytes that one request asks for, at least; a file that has no more comes in one. */
  readonly size: number
}
