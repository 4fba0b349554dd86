/** What the operating system says is alive, which is the only witness for "nothing left running". */
import { spawnSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

/** True for a process that still runs. A zombie, dead but not yet collected by its parent, is not alive. */
export function isAlive(pid: number): boolean {
  return processTable().some((row) => row.pid === pid)
}

/** Process ids of the living children of `parent`. */
export function childrenOf(parent: number): number[] {
  return processTable()
    .filter((row) => row.parent === parent)
    .map((row) => row.pid)
}

function processTable(): { pid: number; parent: number }[] {
  const ps = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
  return ps.stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([pid, , state]) => Number(pid) !== ps.pid && state?.startsWith('Z') === false)
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }))
}

/** Asks until `holds` is true; true if that happened within `ms`. For what sends no event: other processes, the garbage collector. */
export async function within(ms: number, holds: () => boolean): Promise<boolean> {
  const deadline = performance.now() + ms
  for (;;) {
    if (holds()) return true
    if (performance.now() > deadline) return false
    await delay(10)
  }
}
