/**
 * The book's progress bar, `tqdm`: `100%|██████████| 20/20 [00:03<00:00,  5.40it/s]`.
 *
 * It overwrites itself with a carriage return and spaces, and has no colours to switch off. It needs an escape sequence only where the
 * terminal became narrower and has broken what was drawn into several rows.
 */

/** Where a progress bar is drawn: a terminal. */
export interface ProgressStream {
  /** Width of the terminal, in characters; asked again for each drawing. @default 80 */
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** What a progress bar shows, and where. */
export interface ProgressBarOptions {
  /** How many items will come. */
  readonly total: number
  readonly stream: ProgressStream
  /** Milliseconds on a clock that never goes back. @default performance.now */
  readonly now?: () => number
}

/** Milliseconds between two drawings. */
const REDRAW = 100

/** A bar on the terminal; its two methods are those of a `tqdm` without a loop of its own. */
export interface ProgressBar {
  /** One more item is done. */
  update(): void
  /** Draws for the last time; that drawing stays, on a line of its own. */
  close(): void
}

/** Draws an empty bar. It redraws itself ten times a second, also while nothing is done: the time that passes is news. */
export function progressBar(options: ProgressBarOptions): ProgressBar {
  const { total, stream, now = () => performance.now() } = options
  const start = now()
  let count = 0
  let lastWidth = 0
  const draw = (): void => {
    const columns = stream.columns || 80
    const line = progressLine(count, total, (now() - start) / 1000, columns - 1)
    const rows = Math.ceil(lastWidth / columns)
    stream.write(rows > 1 ? `\r\u001B[${rows - 1}A\u001B[J${line}` : `\r${line.padEnd(lastWidth)}`)
    lastWidth = line.length
  }
  draw()
  const timer = setInterval(draw, REDRAW).unref()
  return {
    update() {
      count += 1
    },
    close() {
      clearInterval(timer)
      draw()
      stream.write('\n')
    },
  }
}

/** Returns one state of the bar in at most `width` characters. `elapsed` is in seconds. */
export function progressLine(count: number, total: number, elapsed: number, width: number): string {
  const fraction = total === 0 ? 1 : count / total
  const perSecond = elapsed > 0 ? count / elapsed : 0
  const left = perSecond > 0 ? clock((total - count) / perSecond) : '?'
  const head = `${(fraction * 100).toFixed(0).padStart(3)}%|`
  const tail = `| ${count}/${total} [${clock(elapsed)}<${left}, ${rate(perSecond)}]`
  return `${head}${bar(fraction, Math.max(1, width - head.length - tail.length))}${tail}`.slice(0, width)
}

function rate(perSecond: number): string {
  if (perSecond === 0) return '?it/s'
  return perSecond < 1 ? `${(1 / perSecond).toFixed(2).padStart(5)}s/it` : `${perSecond.toFixed(2).padStart(5)}it/s`
}

const twoDigits = (n: number): string => String(n).padStart(2, '0')

function clock(seconds: number): string {
  const s = Math.floor(seconds)
  const minutes = `${twoDigits(Math.floor(s / 60) % 60)}:${twoDigits(s % 60)}`
  return s < 3600 ? minutes : `${Math.floor(s / 3600)}:${minutes}`
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

function bar(fraction: number, width: number): string {
  const eighths = Math.floor(fraction * width * 8)
  return ('█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!).padEnd(width)
}
