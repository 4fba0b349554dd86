/** Sink: where verified bytes go. */
import type { ResponseHead, Validator } from '../fetch/fetcher.js'
import type { Job } from '../job.js'
import type { Range } from '../segments/ranges.js'

/** Where bytes wait that are published later, together with others. */
export interface Spooled {
  readonly spool: string
  readonly at: number
}

/** What is published, or as good as: safe, and sure to be. */
export interface Committed {
  /** Relative to the output, `/` between folders. */
  readonly file: string
  /** Its name in `file`, where that holds many. */
  readonly member?: string
  readonly bytes: number
  /** For whoever puts `file` together. */
  readonly spooled?: Spooled
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
  /** Where bytes can come in any order, too: instead of `open`, `existing` and `write`. */
  readonly scatter?: Scatter
  /** The open file, where there is one: may be read by position while it is written, until `commit` or `abandon`. */
  readonly fd?: number | undefined
  /** Publishes, whole or not at all. */
  commit(): Committed | Promise<Committed>
  /** The attempt failed. `keep`: what was written is right as far as it goes; leave it for the next attempt if it can be continued. */
  abandon(keep: boolean): void | Promise<void>
}

/** One file whose bytes come in any order. */
export interface Scatter {
  /** What an earlier attempt left: which bytes, in order, and whose they are. */
  readonly left?: { readonly done: readonly Range[]; readonly validator: Validator }
  /** The file begins; `head.total` is its size. `keepsLeft`: what was left stays; else it is dropped. */
  open(head: ResponseHead, keepsLeft: boolean): void | Promise<void>
  writeAt(chunk: Uint8Array, position: number): void
  /** These bytes are there, says whoever writes them: so much a later attempt need not ask for, even if this process is killed now. */
  note(done: readonly Range[]): void
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
