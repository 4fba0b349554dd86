// What is on the disk afterwards, the only witness that is believed.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Content of a file; undefined if there is none. */
export const contentOf = (path) => (existsSync(path) ? readFileSync(path) : undefined)

/** Names and sizes of everything in a folder, as one string: changes when it changes. */
export function listing(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${name} ${statSync(join(folder, name), { throwIfNoEntry: false })?.size}`)
    .toSorted()
    .join(', ')
}

/** Resolves when `folder` has kept still for `quiet` ms: what a tool is going to write of what it was sent, it has written. */
export async function settled(folder, quiet = 400) {
  let last = listing(folder)
  let since = performance.now()
  while (performance.now() - since < quiet) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
    const now = listing(folder)
    if (now !== last) since = performance.now()
    last = now
  }
}
