/** A terminal just clever enough to show what is left on it: line breaks, carriage returns, wrapping, and three escape sequences. */

/** As a stream to write to; it counts what it is given. */
export class Screen {
  readonly #listeners = new Set<() => void>()
  readonly writes: string[] = []
  columns: number
  rows: number
  #cells: string[][] = [[]]
  #row = 0
  #column = 0

  constructor(columns: number, rows: number) {
    this.columns = columns
    this.rows = rows
  }

  /** The text on it, without what is blank at the end of lines and below. */
  get text(): string {
    return this.#cells
      .map((row) =>
        Array.from(row, (cell) => cell ?? ' ')
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd()
  }

  on(_: 'resize', listener: () => void): void {
    this.#listeners.add(listener)
  }

  off(_: 'resize', listener: () => void): void {
    this.#listeners.delete(listener)
  }

  /** How many listen for a new size. */
  get listeners(): number {
    return this.#listeners.size
  }

  /** Becomes narrower, as terminals do today: what no longer fits in its row flows on into the next. */
  resize(columns: number): void {
    const column = this.#column
    const before = this.#cells.slice(0, this.#row).flatMap((row) => Math.max(1, Math.ceil(row.length / columns)))
    this.#cells = this.#cells.flatMap((row) => {
      const rows: string[][] = []
      for (let i = 0; i < Math.max(1, row.length); i += columns) rows.push(row.slice(i, i + columns))
      return rows
    })
    this.columns = columns
    this.#row = before.reduce((sum, n) => sum + n, 0) + Math.floor(Math.max(0, column - 1) / columns)
    this.#column = column === 0 ? 0 : ((column - 1) % columns) + 1
    for (const listener of this.#listeners) listener()
  }

  write(text: string): void {
    this.writes.push(text)
    // oxlint-disable-next-line no-control-regex -- controls are the subject
    for (const [, sequence, character] of text.matchAll(/\u001b\[(\d*[A-Z])|([^])/gu)) {
      if (sequence !== undefined) this.#obey(sequence)
      else this.#put(character!)
    }
  }

  #obey(sequence: string): void {
    const row = this.#cells[this.#row]!
    if (sequence === 'K') row.length = Math.min(row.length, this.#column)
    else if (sequence === 'J') {
      row.length = Math.min(row.length, this.#column)
      this.#cells.length = this.#row + 1
    } else if (sequence.endsWith('A')) this.#row = Math.max(0, this.#row - Number(sequence.slice(0, -1)))
    else throw new Error(`an escape sequence nobody expected: ${sequence}`)
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0
    else if (character === '\n') this.#newRow()
    else {
      if (this.#column >= this.columns) this.#newRow()
      this.#cells[this.#row]![this.#column] = character
      this.#column += 1
    }
  }

  #newRow(): void {
    this.#row += 1
    this.#column = 0
    this.#cells[this.#row] ??= []
  }
}
