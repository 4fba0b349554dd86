/** Text from outside, made harmless to show. */

// What moves a cursor, changes colours, reverses text or cannot be seen: C0 and C1 controls, bidi and zero-width marks, line separators,
// halves of surrogate pairs.
const unprintable =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const plain = /^[\u0020-\u007e]*$/

/** The text with every unprintable character as U+FFFD. Cheap for plain ASCII. */
export function printable(text: string): string {
  return plain.test(text) ? text : text.replaceAll(unprintable, '\ufffd')
}

/** Characters of a line that a record shows. */
const SHOWN = 200

/** The begin of a line, printable, for the record of a line that makes no job. */
export function excerpt(text: string): string {
  const shown = printable(text.slice(0, SHOWN).trim())
  return text.length > SHOWN ? `${shown.slice(0, SHOWN - 1)}…` : shown
}
