/**
 * Download flags of top 20 countries by population
 *
 * Event loop version
 *
 * Sample run:
 *
 *     $ node dist/flags/flags_asyncio.js
 *     BR EG ID CN DE MX FR TR ET US CD IN BG NG PK JP RU PH IR VN
 *     20 flags downloaded in 8.21s
 */
import { isMain } from '../futures/index.js'
import { getFlag, main, saveFlag, show } from './flags.js'

export async function downloadOne(cc: string): Promise<string> {
  const image = await getFlag(cc)
  show(cc)
  saveFlag(image, cc.toLowerCase() + '.gif')
  return cc
}

export async function downloadMany(ccList: readonly string[]): Promise<number> {
  const toDo = [...ccList].sort().map((cc) => downloadOne(cc))
  const res = await Promise.all(toDo)
  return res.length
}

if (isMain(import.meta)) await main(downloadMany)
