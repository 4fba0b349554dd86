/** stdout carries what was asked for, stderr the talk about it. */

let lost: Error | undefined

/**
 * Lets the command finish its work when what it prints cannot be written any more: nobody reads it, as in `halyard flags -v | head -1`, or the
 * disk is full. What stdout lost is told by {@link outputLost}; talk that is lost changes nothing.
 */
export function tolerateUnwritableOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') lost ??= error
  })
  process.stderr.on('error', () => undefined)
}

/** Why something that was asked for did not reach stdout. A reader who has gone does not count: he has read enough. */
export function outputLost(): Error | undefined {
  return lost
}

/** Resolves when everything written so far has left the process. */
export async function outputWritten(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) =>
        new Promise<void>((resolve) => {
          if (stream.destroyed || !stream.writable || stream.writableLength === 0) resolve()
          else stream.write('', () => resolve())
        }),
    ),
  )
}

/** Writes one line of result. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Writes one line of talk. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}
