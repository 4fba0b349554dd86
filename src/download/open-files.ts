import { readFileSync } from 'node:fs'

/** Descriptors for what is no download: journal, list, watchers, libraries. */
const OTHERS = 64

/**
 * How many downloads may have their connection and their file open at once, as far as this process knows (`ulimit -n`). Node.js raises its
 * limit to the hard one as it starts. Infinity where the system does not tell; there the first EMFILE does.
 */
export function downloadsThatFit(limits: string = limitsOfThisProcess()): number {
  const [, most] = /^Max open files\s+(\d+)/m.exec(limits) ?? []
  return most === undefined ? Infinity : Math.max(1, Math.floor((Number(most) - OTHERS) / 2))
}

function limitsOfThisProcess(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1')
  } catch {
    return ''
  }
}
