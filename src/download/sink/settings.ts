/** What our sinks are told once. Plain data: it travels to threads and processes. */
export interface SinkSettings {
  /** The folder, absolute. */
  readonly root: string
  /** fsync file and folder before a file counts as published. */
  readonly durable: boolean
  /** Nothing was in the folder when the run began: nothing an earlier one left is looked for. */
  readonly startsEmpty?: boolean
  /** Let redirects and Content-Disposition choose the name. */
  readonly trustServerNames: boolean
  /** Lines of the list in one tar shard; absent: each file by itself. */
  readonly shardSize?: number
}
