/** Sink: where verified bytes go. */
import type { ResponseHead, Validator } from '../fetch/fetcher.js'
import type { Job } from '../job.js'

/** What is published. */
export interface Committed {
  /** Relative to the output, `/` between folders. */
  readonly file: string
  readonly bytes: number
}

/** The bytes of one attempt at one job, on their way to a final name. */
export interface Part {
  /** What an earlier attempt left and can be continued: its bytes, and whose they are. */
  readonly resumable?: { readonly bytes: number; readonly validator: Validator }
  /** Hands every byte that an earlier attempt left to `take`, in order; for hashing before appending. */
  existing(take: (chunk: Uint8Array) => void): void | Promise<void>
  /** The body begins. `head.from` is 0 (what was left is dropped) or `resumable.bytes` (it is appended to). */
  open(head: ResponseHead): void | Promise<void>
  write(chunk: Uint8Array): void | Promise<void>
  /** Publishes, whole or not at all. */
  commit(): Committed | Promise<Committed>
  /** The attempt failed. `keep`: what was written is right as far as it goes; leave it for the next attempt if it can be continued. */
  abandon(keep: boolean): void | Promise<void>
}

/**
 * What every sink promises:
 *
 * - nothing can be seen under a final name before `commit`, and after it all of it;
 * - a crash at any moment leaves nothing that a later run takes for whole, and nothing that hinders it;
 * - nothing is written outside the output, through no symbolic link, whatever the name;
 * - failures of the output are `DownloadError`s of kind `output` or `exhausted`.
 */
export interface Sink {
  /** Begins an attempt, the first one of the run unless `attempt` says otherwise. Makes no file yet. */
  begin(job: Job, attempt?: number): Part | Promise<Part>
  /** Whether the file of an earlier run is still there, with as many bytes. */
  has(file: string, bytes?: number): boolean | Promise<boolean>
  close(): void | Promise<void>
}
