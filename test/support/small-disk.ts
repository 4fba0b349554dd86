/** A disk that can be full: a tmpfs. Only root may mount one. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why there is no such disk here, for `skip`; false where there is one. */
export const noSmallDisk: string | false = whyNot()

function whyNot(): string | false {
  if (process.platform !== 'linux') return 'only Linux has tmpfs'
  if (process.getuid?.() !== 0) return 'only root may mount a small disk'
  try {
    mountSmallDisk('size=64k').unmount()
    return false
  } catch (error) {
    return `no small disk can be mounted here: ${(error as Error).message}`
  }
}

export interface SmallDisk {
  readonly path: string
  /** Changes what the disk was mounted with: `size=64m`, `ro`. */
  remount(options: string): void
  unmount(): void
}

/** @param options - as for `mount -o`: `size=1m`, `nr_inodes=50` */
export function mountSmallDisk(options: string): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'halyard-disk-'))
  try {
    mount(['-t', 'tmpfs', '-o', options, 'tmpfs', path])
  } catch (error) {
    rmdirSync(path)
    throw error
  }
  return {
    path,
    remount: (changed) => mount(['-o', `remount,${changed}`, path]),
    unmount: () => {
      // Lazily: whoever still has a file open there does not hold it.
      spawnSync('umount', ['-l', path])
      rmdirSync(path)
    },
  }
}

/** A small disk that goes away with the test. */
export function smallDisk(t: { after(end: () => void): void }, options: string): SmallDisk {
  const disk = mountSmallDisk(options)
  t.after(() => disk.unmount())
  return disk
}

function mount(args: readonly string[]): void {
  execFileSync('mount', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
