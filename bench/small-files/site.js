// A folder in memory with the files, the lists that name them, and nginx that serves them.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startNginx } from '../nginx.js'
import { makeScratch } from '../scratch.js'
import { lists } from './downloaders.js'
import { nameOf, pathOf, writeFiles } from './files.js'

/**
 * @param {number[]} counts lengths of the lists; the shorter ones are the begin of the longest
 * @returns {Promise<{ folderOf: (count: number) => string, close: () => Promise<void> }>} `folderOf`: where the lists of that length are
 */
export async function openSite(counts) {
  const root = makeScratch()
  let server
  try {
    const site = join(root, 'site')
    writeFiles(site, Math.max(...counts))
    server = await startNginx({ folder: root, site })
    const folderOf = (count) => join(root, `${count}`)
    for (const count of counts) writeLists(folderOf(count), server.origin, count)
    return { folderOf, close }
  } catch (error) {
    await close()
    throw error
  }

  async function close() {
    await server?.close()
    rmSync(root, { recursive: true, force: true })
  }
}

function writeLists(folder, origin, count) {
  mkdirSync(folder)
  const indexes = Array.from({ length: count }, (_, index) => index)
  const write = (list, line) => writeFileSync(join(folder, list), indexes.map(line).join(''))
  write(lists.urls, (index) => `${origin}/${pathOf(index)}\n`)
  write(lists.curl, (index) => `url = "${origin}/${pathOf(index)}"\noutput = "out/${nameOf(index)}"\n`)
}
