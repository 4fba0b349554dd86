/**
 * Download flags of top 20 countries by population
 *
 * Sequential version
 *
 * Sample run:
 *
 *     $ node dist/flags/flags.js
 *     BG BR CD CN DE EG ET FR ID IN IR JP MX NG PH PK RU TR US VN
 *     20 flags downloaded in 15.81s
 */
import { join } from 'node:path'
import { isMain } from '../futures/index.js'
import { httpGet } from './http-get.js'
import { writeWholeFile } from './write-whole-file.js'

export const POP20_CC: readonly string[] = 'CN IN US ID BR PK NG BG RU JP MX PH VN ET EG DE IR TR CD FR'.split(' ')

export const BASE_URL: string = process.env['FLAGS_BASE_URL'] ?? 'https://www.fluentpython.com/data/flags'

export const DEST_DIR = 'downloads/'

export function saveFlag(img: Uint8Array, filename: string): void {
  const path = join(DEST_DIR, filename)
  writeWholeFile(path, img)
}

export async function getFlag(cc: string): Promise<Uint8Array> {
  cc = cc.toLowerCase()
  const url = `${BASE_URL}/${cc}/${cc}.gif`
  return await httpGet(url)
}

export function show(text: string): void {
  process.stdout.write(text + ' ')
}

export async function downloadMany(ccList: readonly string[]): Promise<number> {
  for (const cc of [...ccList].sort()) {
    const image = await getFlag(cc)
    show(cc)
    saveFlag(image, cc.toLowerCase() + '.gif')
  }
  return ccList.length
}

// oxlint-disable-next-line no-shadow -- the parameter is called so on the page
export async function main(downloadMany: (ccList: readonly string[]) => Promise<number>): Promise<void> {
  const t0 = performance.now()
  const count = await downloadMany(POP20_CC)
  const elapsed = (performance.now() - t0) / 1000
  console.log(`\n${count} flags downloaded in ${elapsed.toFixed(2)}s`)
}

if (isMain(import.meta)) await main(downloadMany)
