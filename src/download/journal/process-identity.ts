/** Which process it is that holds a lock, and whether it is still there: process ids are given out again. */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { bootId } from '../disk/boot-id.js'

export interface ProcessIdentity {
  readonly pid: number
  readonly host: string
  /** When it was started, in a form that no two starts share, restarts of the machine included; absent where there is no /proc. */
  readonly start?: string
  /** Which numbering of processes `pid` belongs to, where a machine has several (containers). */
  readonly space?: string
}

/** This process. */
export function thisProcess(): ProcessIdentity {
  const { start } = startOf(process.pid) ?? {}
  const space = orUndefined(() => readlinkSync('/proc/self/ns/pid'))
  return { pid: process.pid, host: hostname(), ...(start !== undefined && { start }), ...(space !== undefined && { space }) }
}

/** What can be said of the process that `other` names, from here. */
export type Liveness = 'living' | 'dead' | 'elsewhere'

export function livenessOf(other: ProcessIdentity, me: ProcessIdentity): Liveness {
  if (other.host !== me.host || other.space !== me.space) return 'elsewhere'
  try {
    process.kill(other.pid, 0)
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead'
  }
  const now = startOf(other.pid)
  // Processes of others may be hidden in /proc; one that cannot be told from its namesake counts as living.
  if (now === undefined || other.start === undefined) return 'living'
  return now.gone || now.start !== other.start ? 'dead' : 'living'
}

function startOf(pid: number): { readonly start: string; readonly gone: boolean } | undefined {
  const boot = bootId()
  if (boot === undefined) return undefined
  return orUndefined(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name of the program stands in parentheses and may hold any; what is counted comes after the last one: state is field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const state = fields[0] ?? ''
    // A zombie has ended; only its parent has not yet noticed.
    return { start: `${boot}:${fields[22 - 3] ?? ''}`, gone: 'ZXx'.includes(state) }
  })
}

function orUndefined<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
