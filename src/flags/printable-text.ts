// C0 and C1 controls with DEL; then what turns the direction of writing or hides: bidi marks, embeddings and isolates, zero-width
// characters, line and paragraph separators, the byte order mark.
// oxlint-disable-next-line no-control-regex -- controls are the subject
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/**
 * Returns `text` fit for a terminal: every control, bidi or invisible character is replaced by `?`.
 *
 * Text that a server or a user wrote passes here once, where it enters; an escape sequence could otherwise rewrite what the terminal shows.
 */
export function printableText(text: string): string {
  return text.replaceAll(UNPRINTABLE, '?')
}
