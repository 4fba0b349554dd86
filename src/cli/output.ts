/** stdout carries what was asked for, stderr the talk about it. */

/** Lets the command finish its work when nobody reads its output any more, as in `halyard flags -v | head -1`. */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}

/** Resolves when everything written so far has left the process. */
export async function outputWritten(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) =>
        new Promise<void>((resolve) => {
          if (stream.destroyed || !stream.writable) resolve()
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
