/** What the exit code of `halyard` means, in one place. New codes may come; treat an unknown one as a failure. */
export const EXIT = {
  /** Everything asked for is done; a flag that does not exist is no failure. */
  OK: 0,
  /** Finished, but some of it failed; or nothing could be done, such as on a port that is taken. */
  FAILED: 1,
  /** The command line makes no sense; nothing was requested. */
  USAGE: 2,
  /** The output could not be written: permissions, a full disk. */
  OUTPUT: 5,
  /** Ended by Ctrl-C. */
  SIGINT: 130,
  /** Ended by SIGTERM. */
  SIGTERM: 143,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
