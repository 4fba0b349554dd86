// A server that sends the first half of a file and then nothing more, until it is told to be generous.
import { settled } from '../files.js'

export const size = 1 << 20
export const name = 'file.bin'

/** Two versions of one file: as long as each other, and no byte of them the same. */
export const versions = {
  old: { body: Buffer.alloc(size, 'o'), etag: '"old"', date: 'Wed, 01 Jan 2025 00:00:00 GMT' },
  new: { body: Buffer.alloc(size, 'n'), etag: '"new"', date: 'Sun, 01 Feb 2026 00:00:00 GMT' },
}

/** Serves the first half of the old version, and after `change()` the whole new one. `asksIfRange`: it answers If-Range as HTTP says. */
export async function serveHalf(lab, { asksIfRange = true } = {}) {
  let current = versions.old
  let halfIsSent
  const halfSent = new Promise((resolve) => (halfIsSent = resolve))
  const server = await lab.serve((request, response) => {
    const { body, etag, date } = current
    const from = resumesAt(request.headers, current, asksIfRange)
    const headers = { ETag: etag, 'Last-Modified': date, 'Accept-Ranges': 'bytes', 'Content-Length': size - from }
    if (from > 0) headers['Content-Range'] = `bytes ${from}-${size - 1}/${size}`
    response.writeHead(from > 0 ? 206 : 200, headers)
    if (request.method === 'HEAD') response.end()
    else if (current === versions.old) response.write(body.subarray(0, size / 2), () => halfIsSent())
    else response.end(body.subarray(from))
  })
  return {
    ...server,
    change: () => (current = versions.new),
    /** Resolves when the tool has half of it, and has written what it is going to write of that. */
    async halfWay(running) {
      const ended = await Promise.race([halfSent, running.ended])
      if (ended !== undefined)
        throw new Error(`ended with exit code ${ended.status} instead of waiting for more: ${ended.stderr}`)
      await settled(lab.folder)
    },
  }
}

function resumesAt({ range, 'if-range': condition }, { etag, date }, asksIfRange) {
  const from = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0)
  const holds = condition === undefined || condition === etag || condition === date
  return from < size && (holds || !asksIfRange) ? from : 0
}

/** `524,288 old + 524,288 new bytes`; for each of the kinds there are. */
export function composition(content) {
  const kinds = { old: 'o', new: 'n', zero: '\0' }
  return Object.entries(kinds)
    .map(([kind, letter]) => [kind, content.reduce((count, byte) => count + Number(byte === letter.charCodeAt(0)), 0)])
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count.toLocaleString('en-US')} ${kind}`)
    .join(' + ')
}
