import { readSync } from 'node:fs'
import { RunError } from '../errors.js'
import { reading } from './state-file.js'

/** The journal cannot be read from byte `offset` on. The number of the line is counted only here, where it is needed. */
export function journalError(path: string, offset: number, what: string): RunError {
  const line = lineAt(path, offset)
  return new RunError(
    'ERR_JOURNAL',
    `${path}, line ${line} (byte ${offset}): ${what}. Remove that line (sed -i ${line}d on the file) and run the same command: ` +
      'what the line was about is downloaded again. Or start over with --fresh',
  )
}

function lineAt(path: string, offset: number): number {
  return reading(path, (fd) => {
    const buffer = Buffer.allocUnsafe(65_536)
    let line = 1
    for (let at = 0; at < offset;) {
      const got = readSync(fd, buffer, 0, Math.min(buffer.length, offset - at), at)
      if (got === 0) break
      for (let i = buffer.indexOf(10); i !== -1 && i < got; i = buffer.indexOf(10, i + 1)) line++
      at += got
    }
    return line
  })
}
