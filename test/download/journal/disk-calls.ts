/** Writes down what is done to the disk, in order, as long as something runs in this thread. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, relative } from 'node:path'

/** A file or folder, relative to the folder that is watched, `''` for that itself; `to`: its new name. */
export interface DiskCall {
  readonly did: 'made' | 'wrote' | 'synced' | 'renamed' | 'told'
  readonly path: string
  readonly to?: string
}

type Call = (...args: unknown[]) => unknown
const table = fs as unknown as Record<string, Call>

/**
 * Runs `act` and gives what it did below `root`, and what it told.
 *
 * @param act calls `told` when it hears of something that must be on the disk by then
 */
export async function diskCalls(root: string, act: (told: (what: string) => void) => Promise<void>): Promise<DiskCall[]> {
  const calls: DiskCall[] = []
  const opened = new Map<unknown, string>()
  // Linux shows folders that are held open here: see `openFolder`.
  const named = (path: unknown): string =>
    String(path).replace(/^\/proc\/self\/fd\/(\d+)/, (_, fd: string) => opened.get(Number(fd)) ?? '')
  const shown = (path: string | undefined): string => relative(root, path ?? '')
  const note = (did: DiskCall['did'], path: string | undefined, to?: string): void => {
    calls.push({ did, path: shown(path), ...(to === undefined ? {} : { to: shown(to) }) })
  }
  const after: Record<string, (args: readonly unknown[], result: unknown) => void> = {
    openSync: ([path], fd) => opened.set(fd, named(path)),
    mkdirSync: ([path]) => note('made', named(path)),
    writeSync: ([fd]) => note('wrote', opened.get(fd)),
    ftruncateSync: ([fd]) => note('wrote', opened.get(fd)),
    fsyncSync: ([fd]) => note('synced', opened.get(fd)),
    fdatasyncSync: ([fd]) => note('synced', opened.get(fd)),
    renameSync: ([from, to]) => note('renamed', named(from), named(to)),
  }
  const originals = Object.keys(after).map((name) => [name, table[name]!] as const)
  for (const [name, original] of originals) {
    table[name] = (...args) => {
      const result = original(...args)
      after[name]!(args, result)
      return result
    }
  }
  syncBuiltinESMExports()
  try {
    await act((path) => calls.push({ did: 'told', path }))
  } finally {
    for (const [name, original] of originals) table[name] = original
    syncBuiltinESMExports()
  }
  return calls
}

/** What would be lost with the power at some place of the calls: files whose last bytes, and names, that were not synced since. */
export function unsafeAt(calls: readonly DiskCall[], end: number): string[] {
  const bytes = new Set<string>()
  const names = new Map<string, Set<string>>()
  const name = (path: string): void => {
    const folder = dirname(path)
    const inFolder = names.get(folder === '.' ? '' : folder) ?? new Set()
    names.set(folder === '.' ? '' : folder, inFolder.add(path))
  }
  for (const { did, path, to = '' } of calls.slice(0, end)) {
    if (did === 'made') name(path)
    else if (did === 'wrote') bytes.add(path)
    else if (did === 'synced') {
      bytes.delete(path)
      names.delete(path)
    } else if (did === 'renamed') {
      if (bytes.delete(path)) bytes.add(to)
      name(to)
    }
  }
  return [...bytes, ...[...names.values()].flatMap((paths) => [...paths])]
}
