import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const mount = (args: readonly string[]): boolean => spawnSync('mount', args, { stdio: 'ignore' }).status === 0

function mounted(kilobytes: number): { readonly folder: string; unmount(this: void): void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'halyard-disk-'))
  const unmount = (): void => {
    spawnSync('umount', [folder])
    rmdirSync(folder)
  }
  if (mount(['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder])) return { folder, unmount }
  rmdirSync(folder)
  return undefined
}

/** A file system of its own, so small that it fills up. */
export interface SmallDisk {
  readonly folder: string
  /** Lets nobody write to it any more. */
  makeReadOnly(): void
}

/** Why there can be none here; false if there can. */
export const noSmallDisk: string | false = ((): string | false => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can mount a small disk'
  const disk = mounted(64)
  disk?.unmount()
  return disk === undefined ? 'this machine lets nobody mount a small disk' : false
})()

/** Mounts a disk of `kilobytes`, unmounted when the test ends. */
export function smallDisk(t: { after(end: () => void): void }, kilobytes: number): SmallDisk {
  const disk = mounted(kilobytes)
  if (disk === undefined) throw new Error('no small disk could be mounted')
  t.after(disk.unmount)
  return { folder: disk.folder, makeReadOnly: () => void mount(['-o', 'remount,ro', disk.folder]) }
}
