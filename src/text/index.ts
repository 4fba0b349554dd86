/** Text from outside, made harmless to show: an escape sequence in it could otherwise rewrite what the terminal says. */

// What moves a cursor, changes colours, turns the direction of writing or cannot be seen; halves of surrogate pairs; line separators.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Surrogate}\p{Zl}\p{Zp}]/gu

const plain = /^[\u0020-\u007e]*$/

/** The text with `mark` for every unprintable character; cheap for plain ASCII. What a server or a user wrote passes here once, where it enters. */
export function printable(text: string, mark: '\ufffd' | '?'): string {
  return plain.test(text) ? text : text.replaceAll(UNPRINTABLE, mark)
}

/** One line for a terminal: any white space is one space, and `?` stands for what is unprintable. */
export function plainLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '), '?')
}
