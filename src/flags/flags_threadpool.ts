/**
 * Download flags of top 20 countries by population
 *
 * ThreadPoolExecutor version
 *
 * Sample run:
 *
 *     $ node dist/flags/flags_threadpool.js
 *     DE FR BG CN BR EG CD JP ET IN PH PK ID NG RU US MX TR IR VN
 *     20 flags downloaded in 8.17s
 */
import { ThreadPoolExecutor, isMain } from '../futures/index.js'
import { getFlag, main, saveFlag, show } from './flags.js'

const MAX_WORKERS = 20

export async function downloadOne(cc: string): Promise<string> {
  const image = await getFlag(cc)
  show(cc)
  saveFlag(image, cc.toLowerCase() + '.gif')
  return cc
}

export async function downloadMany(ccList: readonly string[]): Promise<number> {
  const workers = Math.min(MAX_WORKERS, ccList.length)
  await using executor = new ThreadPoolExecutor(workers)
  const res = executor.map(downloadOne, [...ccList].sort())
  return (await res.toArray()).length
}

if (isMain(import.meta)) await main(downloadMany)
