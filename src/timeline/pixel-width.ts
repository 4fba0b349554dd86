/** How wide text will be in a picture, without a screen to measure it on. */
import { columnWidth } from '../report/index.js'

// Widths in em of a wide sans-serif face (DejaVu, Verdana): a box reserved by them also holds the same text in Helvetica, Arial or Roboto.
const NARROW = `'!|,.:;ijl\`()[]{}IJfrt `
const WIDE = 'mwMW@%—…'

/** Estimated width in pixels of `text` set in a proportional face of `size` pixels; rather too wide than too narrow. */
export function pixelWidth(text: string, size: number, bold = false): number {
  let em = 0
  for (const character of text) {
    if (columnWidth(character) === 2) em += 1.1
    else if (NARROW.includes(character)) em += 0.4
    else if (WIDE.includes(character)) em += 1
    else if (character >= 'A' && character <= 'Z') em += 0.72
    else em += 0.635
  }
  return em * size * (bold ? 1.1 : 1)
}

/** Breaks text into lines no wider than `width` pixels, at spaces; a single word that is too wide keeps a line of its own. */
export function wrapPixels(text: string, size: number, width: number, bold = false): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    if (last !== undefined && pixelWidth(longer, size, bold) <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
