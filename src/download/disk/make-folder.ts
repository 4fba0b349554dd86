import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncFolder } from './sync-folder.js'

/**
 * Makes a folder, and those above it, unless they are there; a link to a folder is one. Throws the error of the file system.
 * `durable`: those that are made outlive a loss of power.
 *
 * Step by step: Node's own `recursive` never comes back where no folder can be made, as below `/proc`.
 */
export function makeFolder(path: string, durable = false): void {
  if (madeOrThere(path, durable)) return
  makeFolder(dirname(path), durable)
  mkdirUnlessThere(path, durable)
}

/** False if the folder above is missing. The kernel is asked first: what it says of a file in the way is the same on every Node.js. */
function madeOrThere(path: string, durable: boolean): boolean {
  try {
    mkdirUnlessThere(path, durable)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error
    return false
  }
}

function mkdirUnlessThere(path: string, durable: boolean): void {
  try {
    mkdirSync(path)
  } catch (error) {
    // It was there, or another thread or process was faster.
    if (!isFolder(path)) throw error
    return
  }
  if (durable) syncFolder(dirname(path))
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
