/** Ends the world of the file system at a chosen call: that call and all after it do nothing but throw, as if the process had been killed. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** Every call with which the journal changes the disk. */
const changing = [
  'mkdirSync',
  'openSync',
  'writeSync',
  'writeFileSync',
  'fsyncSync',
  'ftruncateSync',
  'linkSync',
  'renameSync',
  'rmSync',
] as const

type Call = (...args: unknown[]) => unknown
const table = fs as unknown as Record<string, Call>

/**
 * Runs `act` and crashes it before its `nth` change, from 1.
 *
 * @returns whether there was such a change; if not, `act` came to its end
 */
export function crashAt(nth: number, act: () => void): boolean {
  const originals = changing.map((name) => [name, table[name]!] as const)
  let changes = 0
  for (const [name, original] of originals) {
    table[name] = (...args) => {
      changes += 1
      if (changes >= nth) throw new Error(`crashed before change ${changes}, ${name} ${String(args[0])}`)
      return original(...args)
    }
  }
  syncBuiltinESMExports()
  try {
    act()
  } catch (error) {
    if (changes < nth) throw error
  } finally {
    for (const [name, original] of originals) table[name] = original
    syncBuiltinESMExports()
  }
  return changes >= nth
}
