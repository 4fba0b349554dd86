/**
 * Download flags of top 20 countries by population
 *
 * ProcessPoolExecutor version
 *
 * Sample run:
 *
 *     $ node dist/flags/flags_processpool.js
 *     BG BR CN CD DE EG FR ET ID IN IR JP MX NG PH PK RU TR US VN
 *     20 flags downloaded in 8.32s
 */
import { ProcessPoolExecutor, isMain } from '../futures/index.js'
import { getFlag, main, saveFlag, show } from './flags.js'

export async function downloadOne(cc: string): Promise<string> {
  const image = await getFlag(cc)
  show(cc)
  saveFlag(image, cc.toLowerCase() + '.gif')
  return cc
}

export async function downloadMany(ccList: readonly string[]): Promise<number> {
  await using executor = new ProcessPoolExecutor()
  const res = executor.map(downloadOne, [...ccList].sort())
  return (await res.toArray()).length
}

if (isMain(import.meta)) await main(downloadMany)
