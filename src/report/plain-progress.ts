/** Where no line can be drawn over another: one line every few seconds, none for a run that is over before. */
import { bytes, duration, grouped } from './format.js'
import type { RunView } from './run-progress.js'

/** What is reported, and where. */
export interface PlainProgressOptions {
  readonly stream: { write(text: string): unknown }
  /** The run as it stands. */
  readonly view: () => RunView
  /** ms between two lines. @default 5_000 */
  readonly every?: number
}

/** Begins to report; the function returned ends it. */
export function plainProgress({ stream, view, every = 5_000 }: PlainProgressOptions): () => void {
  const timer = setInterval(() => stream.write(`${plainProgressLine(view())}\n`), every).unref()
  return () => clearInterval(timer)
}

/** `1,234 of 20,000 done, 12 failed, 43 MB, 3.4 MB/s, 3:20 left` */
export function plainProgressLine(view: RunView): string {
  const { done, total, failed, waiting, bytes: received, bytesPerSecond, elapsed, left } = view
  return [
    total === undefined ? `${grouped(done)} done` : `${grouped(done)} of ${grouped(total)} done`,
    ...(failed > 0 ? [`${grouped(failed)} failed`] : []),
    ...(waiting > 0 ? [`${grouped(waiting)} to be tried again`] : []),
    bytes(received),
    `${bytes(bytesPerSecond)}/s`,
    left === undefined ? duration(elapsed) : `${duration(left)} left`,
  ].join(', ')
}
