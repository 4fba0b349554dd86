// What a process and all its descendants use, read from /proc. Elsewhere than on Linux every function answers undefined, and the tables show "-".
import { existsSync, readFileSync, readdirSync } from 'node:fs'

const supported = existsSync('/proc/self/stat')
const ticksPerSecond = 100 // USER_HZ: fixed in what the kernel shows to programs, whatever it ticks at inside

/** `root` and every living descendant, as process ids. */
export function processTree(root) {
  if (!supported) return undefined
  const children = new Map()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = statOf(entry)
    if (stat === undefined) continue
    const siblings = children.get(stat.parent)
    if (siblings === undefined) children.set(stat.parent, [Number(entry)])
    else siblings.push(Number(entry))
  }
  const tree = [root]
  for (const pid of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}

/** CPU seconds (user + system) a tree has used so far, those of finished and reaped descendants included. */
export function cpuSeconds(root) {
  return processTree(root)
    ?.map((pid) => statOf(pid)?.cpuTicks ?? 0)
    .reduce((sum, ticks) => sum + ticks / ticksPerSecond, 0)
}

/** Sum of the largest resident size, in bytes, that each of `pids` has had so far. Pages two processes share count twice. */
export function residentPeak(pids) {
  return pids.map(residentPeakOf).reduce((sum, bytes) => sum + bytes, 0)
}

function residentPeakOf(pid) {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1]
  return Number(kilobytes ?? 0) * 1024
}

function statOf(pid) {
  // The name, in parentheses, may itself hold spaces and parentheses; the numbered fields begin behind the last one.
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ')
  if (fields.length < 15) return undefined
  return {
    parent: Number(fields[1]),
    cpuTicks: Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]),
  }
}

/** A process may end between being listed and being read. */
function read(path) {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
