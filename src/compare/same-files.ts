import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Download, StyleRun } from './job.js'

/** What the folders of the styles hold, compared. */
export interface FilesReport {
  /** Files written, all styles together. */
  readonly count: number
  /** Their bytes. */
  readonly bytes: number
  /** Codes whose files are the same, byte for byte, in every style that downloaded them; at least two did. */
  readonly same: readonly string[]
  /** Codes whose files differ between two styles. */
  readonly differing: readonly string[]
  /** Files a style said it had written and that are not there: `threads/br.gif`. */
  readonly missing: readonly string[]
}

/** Reads every file back from the disk, compares, and fills in the sizes of the downloads. */
export async function compareFiles(
  runs: readonly StyleRun[],
  pathOf: (run: StyleRun, cc: string) => string,
): Promise<{ files: FilesReport; runs: StyleRun[] }> {
  const digests = new Map<string, string[]>()
  const missing: string[] = []
  let count = 0
  let bytes = 0
  const sized: StyleRun[] = []
  for (const run of runs) {
    const downloads: Download[] = []
    for (const download of run.downloads) {
      const { cc, status } = download
      const content = status === 'ok' ? await contentOf(pathOf(run, cc)) : undefined
      if (status === 'ok' && content === undefined) missing.push(`${run.style}/${cc.toLowerCase()}.gif`)
      downloads.push(content === undefined ? download : { ...download, bytes: content.byteLength })
      if (content === undefined) continue
      count += 1
      bytes += content.byteLength
      const digest = createHash('sha256').update(content).digest('hex')
      digests.set(cc, [...(digests.get(cc) ?? []), digest])
    }
    sized.push({ ...run, downloads })
  }
  const several = [...digests].filter(([, found]) => found.length > 1)
  return {
    files: {
      count,
      bytes,
      same: several.filter(isSame).map(([cc]) => cc),
      differing: several.filter((entry) => !isSame(entry)).map(([cc]) => cc),
      missing,
    },
    runs: sized,
  }
}

function isSame([, digests]: readonly [string, readonly string[]]): boolean {
  return new Set(digests).size === 1
}

async function contentOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
