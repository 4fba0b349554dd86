// Lists as long as you like, written without holding them in memory.
import { closeSync, openSync, writeSync } from 'node:fs'

/** One URL a line, no two alike, and no two names either. */
export function writeList(path, lines, base) {
  const file = openSync(path, 'w')
  let text = ''
  for (let line = 0; line < lines; line++) {
    text += `${base}/images/${String((line * 7919) % 1e8).padStart(8, '0')}/picture-${line}.jpg\n`
    if (text.length < 1 << 20) continue
    writeSync(file, text)
    text = ''
  }
  writeSync(file, text)
  closeSync(file)
}
