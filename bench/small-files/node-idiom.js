// What one writes without a downloader: fetch and fs/promises, 50 in flight, as `p-map` with `concurrency: 50` does it.
// `node node-idiom.js LIST FOLDER`
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

const [list, folder] = process.argv.slice(2)
const urls = (await readFile(list, 'utf8')).trimEnd().split('\n').values()

await Promise.all(Array.from({ length: 50 }, worker))

async function worker() {
  for (const url of urls) {
    const response = await fetch(url)
    if (!response.ok) throw new Error(`${url}: ${response.status}`)
    await writeFile(join(folder, basename(new URL(url).pathname)), new Uint8Array(await response.arrayBuffer()))
  }
}
