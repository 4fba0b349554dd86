import { count, type Noun, seconds } from './format.js'
import { cut, pad } from './text-width.js'

/** Where the steps are reported. */
export interface StepStream {
  write(text: string): unknown
}

/** What is known of the steps before they begin. */
export interface StepProgressOptions {
  readonly stream: StepStream
  /** Names of the steps, in order. */
  readonly steps: readonly string[]
  /** How many items each step has. */
  readonly total: number
  readonly noun: Noun
  /** Whether the line of the running step can be drawn again and again, as on a terminal. Default false. */
  readonly live?: boolean
  /** Default 80. */
  readonly columns?: number
  /** Plain ASCII only. Default false. */
  readonly ascii?: boolean
}

/** One line per step: on a terminal it grows while the step runs; elsewhere it comes when the step is over. */
export class StepProgress {
  readonly #options: StepProgressOptions
  readonly #width: number
  #name = ''

  constructor(options: StepProgressOptions) {
    this.#options = options
    this.#width = Math.max(...options.steps.map((name) => name.length))
  }

  /** A step begins. */
  begin(name: string): void {
    this.#name = name
    this.advance(0)
  }

  /** So many of its items are done. */
  advance(done: number): void {
    const { total, live = false, ascii = false, columns = 80 } = this.#options
    if (!live) return
    const tail = ` ${String(done).padStart(String(total).length)}/${total}`
    const wide = Math.max(1, Math.min(40, columns - this.#width - 3 - tail.length))
    const full = Math.round((done / Math.max(1, total)) * wide)
    this.#draw(`${(ascii ? '#' : '█').repeat(full)}${(ascii ? '.' : '░').repeat(wide - full)}${tail}`)
  }

  /** The step is over; `elapsed` in milliseconds. */
  end(elapsed: number, failure?: string): void {
    const { stream, total, noun } = this.#options
    this.#draw(failure === undefined ? `${count(total, noun)} in ${seconds(elapsed)} s` : `failed: ${failure}`)
    stream.write('\n')
  }

  /** Leaves the line as it is, because nothing more will come. */
  abandon(): void {
    if (this.#options.live === true) this.#options.stream.write('\n')
  }

  #draw(text: string): void {
    const { stream, columns = 80, live = false, ascii = false } = this.#options
    const line = `${pad(this.#name, this.#width, 'right')}  ${text}`
    // Spaces, not an escape sequence, rub out what was there before; one column stays free, or some terminals would wrap.
    stream.write(live ? `\r${pad(cut(line, columns - 1, ascii ? '...' : '…'), columns - 1, 'right')}` : line)
  }
}
