/** What the exit code of `halyard` means, in one place. New codes may come; treat an unknown one as a failure. */
export const EXIT = {
  /** Everything asked for is done; a flag of the book that does not exist is no failure. */
  OK: 0,
  /** Finished, but some of it failed; or nothing could be done, such as on a port that is taken. */
  FAILED: 1,
  /** The command line makes no sense; nothing was requested. */
  USAGE: 2,
  /** Finished, and nothing succeeded. */
  NOTHING: 3,
  /** A list could not be read. */
  INPUT: 4,
  /** The output could not be written: permissions, a full disk. What was done before is kept and recorded. */
  OUTPUT: 5,
  /** The folder holds a different run, one that is at work, or no record that could be read. */
  REFUSED: 6,
  /** The threads or processes that download died. What was done before is kept and recorded. */
  WORKERS: 7,
  /** Ended by Ctrl-C. */
  SIGINT: 130,
  /** Ended by SIGTERM. */
  SIGTERM: 143,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What the codes mean for a run of `halyard get`, for its help and its last words. */
export const RUN_EXITS: Readonly<Record<ExitCode, string>> = {
  [EXIT.OK]: 'every line is done',
  [EXIT.FAILED]: 'finished, but some lines failed or were invalid',
  [EXIT.USAGE]: 'the command line makes no sense; nothing was requested',
  [EXIT.NOTHING]: 'finished, and nothing succeeded',
  [EXIT.INPUT]: 'an input list could not be read',
  [EXIT.OUTPUT]: 'the output could not be written; what was done is kept',
  [EXIT.REFUSED]: 'refused to continue a different run in this folder',
  [EXIT.WORKERS]: 'the threads or processes that download died; what was done is kept',
  [EXIT.SIGINT]: 'interrupted by Ctrl-C',
  [EXIT.SIGTERM]: 'ended by SIGTERM',
}
