import { readFileSync } from 'node:fs'

/** Descriptors for what is no download: connections that are kept though idle, journal, list, libraries. At most half of what there is. */
const OTHERS = 320

/**
 * How many downloads may have their connection and their file open at once, as far as this process knows (`ulimit -n`). Node.js raises its
 * limit to the hard one as it starts. Infinity where the system does not tell; there the first EMFILE does.
 */
export function downloadsThatFit(limits: string = limitsOfThisProcess()): number {
  const [, most] = /^Max open files\s+(\d+)/m.exec(limits) ?? []
  if (most === undefined) return Infinity
  return Math.max(1, Math.floor(Math.max(Number(most) - OTHERS, Number(most) / 2) / 2))
}

function limitsOfThisProcess(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1')
  } catch {
    return ''
  }
}
