import { join } from 'node:path'
import type { RunEvent } from '../../download/index.js'

/** Makes the line of an event that says that a file is there: its path, as it can be opened from here. A tar shard is one file. */
export function pathLine(output: string): (event: RunEvent) => string | undefined {
  return (event) => {
    if (event.type === 'shard') return `${join(output, event.file)}\n`
    if (event.type !== 'outcome') return undefined
    const { status, file, member } = event.outcome
    return file !== undefined && member === undefined && (status === 'ok' || status === 'unchanged')
      ? `${join(output, file)}\n`
      : undefined
  }
}
