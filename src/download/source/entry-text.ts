/** The texts of one entry of an XML list, which together may be as long as a line elsewhere and no longer. */
import { MAX_LINE } from './line-scanner.js'

export class EntryText {
  #left = MAX_LINE
  #text = ''

  /** Whether the entry is too long: the rest of it was not kept. */
  get tooLong(): boolean {
    return this.#left < 0
  }

  add(text: string): void {
    this.#left -= text.length
    if (!this.tooLong) this.#text += text
  }

  /** What was added since the last call, without blanks around it. */
  take(): string {
    const text = this.#text.trim()
    this.#text = ''
    return text
  }
}
