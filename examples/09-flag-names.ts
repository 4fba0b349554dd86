/**
 * Two requests for each flag: the image, and the country's name, which becomes the file's.
 *
 * Every request is a call of its own, so "five at once" holds for requests, not for flags; and a flag's two requests run side by side. The
 * functions wait and do not compute: the event loop's executor is the right one.
 *
 *   npm run build && node build/examples/09-flag-names.js [FOLDER]     FOLDER: default downloads/
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startFlagServer } from 'halyard/flag-server'
import { AsyncExecutor, type Executor, isMain } from 'halyard/futures'

const CC_LIST = ['AE', 'CD', 'CI', 'KP', 'VN']

async function get(url: string): Promise<Response> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`)
  return response
}

export async function getFlag(baseUrl: string, cc: string): Promise<Uint8Array> {
  const response = await get(`${baseUrl}/${cc}/${cc}.gif`.toLowerCase())
  return new Uint8Array(await response.arrayBuffer())
}

export async function getCountry(baseUrl: string, cc: string): Promise<string> {
  const response = await get(`${baseUrl}/${cc}/metadata.json`.toLowerCase())
  const { country } = (await response.json()) as { country: string }
  return country
}

/** Saves one flag under the name of its country and returns that name. */
async function downloadOne(executor: Executor, baseUrl: string, cc: string, folder: string): Promise<string> {
  const [image, country] = await Promise.all([executor.submit(getFlag, baseUrl, cc), executor.submit(getCountry, baseUrl, cc)])
  const filename = `${country.replaceAll(' ', '_')}.gif`
  await writeFile(join(folder, filename), image)
  return filename
}

if (isMain(import.meta)) {
  const folder = process.argv[2] ?? 'downloads'
  await mkdir(folder, { recursive: true })
  await using server = await startFlagServer()
  await using executor = new AsyncExecutor(5)
  const filenames = await Promise.all(CC_LIST.map((cc) => downloadOne(executor, server.flagsUrl, cc, folder)))
  for (const filename of filenames) console.log(filename)
}
