/** What a run came to. */
export interface Summary {
  /** Lines of the list that have a record now, earlier runs included; the counts below add up to it. */
  readonly lines: number
  readonly ok: number
  readonly unchanged: number
  readonly skipped: number
  readonly notFound: number
  readonly failed: number
  readonly invalid: number
  /** Of all `ok` files. */
  readonly bytes: number
  /** Of this run alone. */
  readonly seconds: number
  /** Lines that earlier runs had done. */
  readonly resumed: number
  /** Whether it was ended by its signal; the same call continues. */
  readonly interrupted: boolean
  /** Set when the run ended before its list for another reason. */
  readonly stoppedBy?: 'max-total'
  /** The folder, absolute. */
  readonly output: string
  /** Why lines failed, the most frequent first; hosts at most twenty. */
  readonly failures: {
    readonly byCode: readonly (readonly [code: string, count: number])[]
    readonly byHost: readonly (readonly [host: string, count: number])[]
  }
}
