/** How wide text will be in a terminal. */

const ZERO_COLUMNS = /^[\p{Mn}\p{Me}]$/u
const TWO_COLUMNS =
  /^[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]$/u

function columnsOf(character: string): 0 | 1 | 2 {
  if (TWO_COLUMNS.test(character)) return 2
  return ZERO_COLUMNS.test(character) ? 0 : 1
}

/** Columns `text` takes in a terminal: two for East Asian wide characters, none for combining marks. */
export function columnWidth(text: string): number {
  let columns = 0
  for (const character of text) columns += columnsOf(character)
  return columns
}

/** `text` cut to at most `columns` terminal columns, with `mark` where something was left out. */
export function cut(text: string, columns: number, mark: string): string {
  if (columnWidth(text) <= columns) return text
  if (columns < columnWidth(mark)) return ''
  let kept = ''
  for (const character of text) {
    if (columnWidth(kept + character + mark) > columns) break
    kept += character
  }
  return kept + mark
}

/** `text` filled up with spaces to `columns` terminal columns. */
export function pad(text: string, columns: number, side: 'left' | 'right'): string {
  const fill = ' '.repeat(Math.max(0, columns - columnWidth(text)))
  return side === 'left' ? fill + text : text + fill
}

/** Breaks text into lines of at most `columns` terminal columns, at spaces; a word that is too long keeps a line of its own. */
export function wrapColumns(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && columnWidth(last) + 1 + columnWidth(word) <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** `text` cut to at most `columns` terminal columns by leaving out its middle: of an address, host and file name say most. */
export function cutMiddle(text: string, columns: number, mark: string): string {
  if (columnWidth(text) <= columns) return text
  const room = columns - columnWidth(mark)
  if (room < 2) return cut(text, columns, '')
  const characters = Array.from(text)
  let head = ''
  while (columnWidth(head + (characters[0] ?? '')) <= Math.floor(room / 2)) head += characters.shift()
  let tail = ''
  while (columnWidth((characters.at(-1) ?? '') + tail) <= room - columnWidth(head)) tail = characters.pop() + tail
  return head + mark + tail
}
