/** Writes many short lines as few long ones: what comes in one turn of the event loop goes out at its end. */
export class LineWriter {
  readonly #stream: { write(text: string): unknown }
  #lines = ''
  #pending: NodeJS.Immediate | undefined

  constructor(stream: { write(text: string): unknown }) {
    this.#stream = stream
  }

  /** @param line - with its line break */
  write(line: string): void {
    this.#lines += line
    this.#pending ??= setImmediate(() => this.flush())
  }

  flush(): void {
    clearImmediate(this.#pending)
    this.#pending = undefined
    if (this.#lines === '') return
    this.#stream.write(this.#lines)
    this.#lines = ''
  }
}
