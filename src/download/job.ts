/**
 * Job: one input line made plain. A value of strings and numbers, so that it survives threads, processes and queues.
 */

/** What a source or a caller says of one download. Only `url` is needed. */
export interface JobInput {
  /** An absolute http or https address. */
  readonly url: string
  /** Name of the file, relative to the output; cleaned before it is used. Default: made from the URL by the name template. */
  readonly name?: string
  /** What the bytes must hash to: `sha256:<hex>`; also sha512, sha384, sha1, md5. */
  readonly hash?: string
  /** Bytes the file must have, where the list knows (metalink). */
  readonly size?: number
  /** Other addresses of the same bytes, tried in turn when the one before fails. */
  readonly mirrors?: readonly string[]
  /** Headers of this request alone; they go to the origin of `url` and to no other. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What an earlier run knew of the file, for asking whether it changed. */
export interface Known {
  readonly etag?: string
  readonly lastModified?: string
  /** Name relative to the output; must be there still, or the question makes no sense. */
  readonly file: string
  readonly bytes?: number
  readonly sha256?: string
}

/** A line of the list that can be downloaded. */
export interface Job {
  /** Number of the line in the list, from 0, dense: comments and blank lines do not count. */
  readonly id: number
  /** Normalised, as it will be requested; without a fragment. May hold userinfo: show only through `redactUrl`. */
  readonly url: string
  /** Where the file goes: relative to the output, with `/` between folders, clean, and claimed by this job alone. */
  readonly file: string
  /** `alg:hex`, alg one of sha256, sha384, sha512, sha1, md5, all in lower case. */
  readonly hash?: string
  readonly size?: number
  /** Normalised like `url`; none twice. */
  readonly mirrors?: readonly string[]
  /** Names as given; without prototype. */
  readonly headers?: Readonly<Record<string, string>>
  /** Set when the run asks only for what changed (`--refresh`). */
  readonly known?: Known
}
