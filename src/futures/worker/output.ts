/** What tasks printed. A result is sent only after it, so that nothing is lost when the program ends right after the result. */
const streams = (): readonly NodeJS.WriteStream[] => [process.stdout, process.stderr]

/** Whether text is still on its way. */
export function hasOutput(): boolean {
  return streams().some(({ writableLength }) => writableLength > 0)
}

/** Resolves when it has arrived: in the main thread, or in the pipe. */
export async function outputFlushed(): Promise<void> {
  const waiting = streams().filter(({ writableLength }) => writableLength > 0)
  await Promise.all(waiting.map((stream) => new Promise<void>((done) => stream.write('', () => done()))))
}

/** Makes writing wait instead of splitting: what several processes print into one pipe stays in whole lines then. */
export function writeWhole(): void {
  for (const stream of streams()) {
    const { _handle: handle } = stream as { readonly _handle?: { setBlocking?: (blocking: boolean) => void } }
    handle?.setBlocking?.(true)
  }
}
