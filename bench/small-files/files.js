// The files that are served: 1.5 to 9 KB each, the same on every machine. They are cut from one megabyte of noise, so that nothing needs to be kept
// in order to know what each of them holds.
import { createCipheriv } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const smallest = 1500
const largest = 9000
const perFolder = 1000
const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(1024 * 1024))

/** `f000017.bin`: unlike any other, in whatever folder. */
export const nameOf = (index) => `f${String(index).padStart(6, '0')}.bin`

/** `000/f000017.bin` */
export const pathOf = (index) => `${folderOf(index)}/${nameOf(index)}`

const folderOf = (index) => String(Math.floor(index / perFolder)).padStart(3, '0')

export function contentOf(index) {
  const length = smallest + (noise.readUInt32LE((index % 250_000) * 4) % (largest - smallest + 1))
  const offset = (index * 7919) % (noise.length - largest)
  return noise.subarray(offset, offset + length)
}

/** Writes files 0 to `count` - 1 below `site`. */
export function writeFiles(site, count) {
  for (let index = 0; index < count; index++) {
    if (index % perFolder === 0) mkdirSync(join(site, folderOf(index)), { recursive: true })
    writeFileSync(join(site, pathOf(index)), contentOf(index))
  }
}
