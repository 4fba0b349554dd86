import type { DownloadCounter } from './download-many.js'
import { shownUrl } from './http-errors.js'

/** Returns what is said before the downloads begin, as in the book. */
export function initialReport(ccList: readonly string[], actualReq: number, serverLabel: string, baseUrl: string): string {
  const ccMsg = ccList.length <= 10 ? ccList.join(', ') : `from ${ccList[0]} to ${ccList.at(-1)}`
  return [
    `${serverLabel} site: ${shownUrl(baseUrl)}`,
    `Searching for ${ccList.length} flag${plural(ccList.length)}: ${ccMsg}`,
    actualReq === 1 ? '1 connection will be used.' : `${actualReq} concurrent connections will be used.`,
  ].join('\n')
}

/** Returns what is said at the end, as in the book. `elapsed` is in milliseconds. */
export function finalReport(counter: DownloadCounter, elapsed: number): string {
  const { ok, 'not-found': notFound, error } = counter
  const lines = ['-'.repeat(20), `${padded(ok)} flag${plural(ok)} downloaded.`]
  if (notFound > 0) lines.push(`${padded(notFound)} not found.`)
  if (error > 0) lines.push(`${padded(error)} error${plural(error)}.`)
  lines.push(`Elapsed time: ${(elapsed / 1000).toFixed(2)}s`)
  return lines.join('\n')
}

const plural = (n: number): string => (n === 1 ? '' : 's')
const padded = (n: number): string => String(n).padStart(3)
