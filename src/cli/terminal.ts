/** What a stream can show. */
export interface Terminal {
  /** Whether a person is looking, so that a line may be drawn again and again. */
  readonly live: boolean
  readonly columns: number
  readonly color: boolean
  /** Nothing but ASCII, because the locale is not UTF-8. */
  readonly ascii: boolean
}

/** As much of a stream as it takes to tell; `process.stdout` is one. */
export interface TerminalStream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** Finds out from the stream and the environment: NO_COLOR, TERM, COLUMNS, and the locale. */
export function terminalOf(
  stream: TerminalStream,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = 'linux',
): Terminal {
  const live = stream.isTTY === true && env['TERM'] !== 'dumb'
  // The first of these that says anything decides, as POSIX has it; Windows' terminals show UTF-8 without one.
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return {
    live,
    // A terminal that does not know its size says 0.
    columns: stream.columns || Number(env['COLUMNS']) || 80,
    color: live && !env['NO_COLOR'],
    ascii: platform !== 'win32' && !/utf-?8/i.test(locale),
  }
}
