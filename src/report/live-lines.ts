/**
 * A few lines at the bottom of a terminal that are drawn again and again, with other output scrolling above them.
 *
 * The cursor is never hidden: whatever ends the program, and a second Ctrl-C ends it on the spot, there is nothing to restore.
 */
import { columnWidth } from './text-width.js'

/** A terminal; `process.stderr` is one. */
export interface LiveStream {
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  write(text: string): unknown
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

/** What is drawn, and where. */
export interface LiveLinesOptions {
  readonly stream: LiveStream
  /** The lines for so much room. No control characters; not wider than that. */
  readonly lines: (columns: number, rows: number) => readonly string[]
}

/** ms between two drawings. */
const REDRAW = 100
/** Columns that stay free: a terminal shows a typed Ctrl-C as `^C` where the cursor is, and must not break the line for it. */
const FREE = 2

const ESCAPE = '\u001B['
const TO_END_OF_LINE = `${ESCAPE}K`
const TO_END_OF_SCREEN = `${ESCAPE}J`

export class LiveLines {
  readonly #options: LiveLinesOptions
  readonly #timer: NodeJS.Timeout
  readonly #redraw = (): void => this.draw()
  /** What stands on the screen now. */
  #drawn: readonly string[] = []
  /** What was printed since the last drawing. */
  #printed = ''
  #closed = false

  /** Begins to draw, ten times a second: also while nothing comes, because the time that passes is news. */
  constructor(options: LiveLinesOptions) {
    this.#options = options
    this.#timer = setInterval(this.#redraw, REDRAW).unref()
    options.stream.on('resize', this.#redraw)
    this.draw()
  }

  draw(): void {
    if (this.#closed) return
    const { stream } = this.#options
    const lines = this.#options.lines(Math.max(1, (stream.columns || 80) - FREE), stream.rows || 24)
    const printed = this.#printed === '' ? '' : TO_END_OF_SCREEN + this.#printed
    stream.write(this.#toFirst() + printed + lines.map((line) => line + TO_END_OF_LINE).join('\n') + TO_END_OF_SCREEN)
    this.#drawn = lines
    this.#printed = ''
  }

  /**
   * Writes lines that stay, above the ones that change: with the next drawing, or when these are closed. A thousand a second would
   * otherwise be as many drawings. `text` ends with a line break.
   */
  print(text: string): void {
    if (this.#closed) this.#options.stream.write(text)
    else this.#printed += text
  }

  /** Rubs the lines out, leaves what was printed, and draws no more. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#timer)
    this.#options.stream.off('resize', this.#redraw)
    this.#options.stream.write(this.#toFirst() + TO_END_OF_SCREEN + this.#printed)
  }

  /** Moves the cursor from the end of the last line to the begin of the first. */
  #toFirst(): string {
    const columns = this.#options.stream.columns || 80
    // A terminal that became narrower has broken each line that is too long for it now into several rows.
    const rows = this.#drawn.map((line) => Math.max(1, Math.ceil(columnWidth(line) / columns))).reduce((sum, n) => sum + n, 0)
    return rows > 1 ? `\r${ESCAPE}${rows - 1}A` : '\r'
  }
}
