import type { Answer } from './answer.js'
import { headerFlood, interimFlood } from './faults/flood.js'
import { framesOf } from './frames.js'
import type { Wire } from './wire.js'

/** How sending came to its end: whole, or stopped on purpose where the faults said so. */
export type Sent = 'whole' | 'stopped'

/**
 * Puts an answer on the wire, up to its end or to where it is to stop. What a stop looks like is the caller's.
 *
 * @throws {ConnectionGone} if the client leaves first.
 */
export async function sendAnswer(answer: Answer, wire: Wire): Promise<Sent> {
  const at = answer.stop?.at
  if (at === 'before-headers') return 'stopped'
  // Headers and the start of the body leave in one packet, unless the body is still to be made.
  if (answer.body?.size !== undefined) wire.hold()
  for (const interim of interimFlood(answer.flood)) await wire.write(interim)
  const head = headOf(answer)
  if (at === 'in-headers') {
    await wire.write(head.slice(0, Math.floor(head.length / 2)))
    return 'stopped'
  }
  await wire.write(head)
  for (const lines of headerFlood(answer.flood)) await wire.write(lines)
  await wire.write('\r\n')
  if (at === 'after-headers') return 'stopped'
  return sendBody(answer, wire)
}

/** Status line and headers, without the empty line after them. */
function headOf({ status, reason, headers }: Answer): string {
  return `HTTP/1.1 ${status} ${reason}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}`
}

async function sendBody({ body, framing, drip, stop }: Answer, wire: Wire): Promise<Sent> {
  if (body === undefined) return 'whole'
  const limit = typeof stop?.at === 'number' ? stop.at : Infinity
  let sent = 0
  for await (const { part, bytes } of framesOf(body.read(0, body.size ?? Infinity), framing)) {
    if (part === 'data') {
      const portion = bytes.subarray(0, limit - sent)
      await sendData(portion, drip, wire)
      sent += portion.length
      if (portion.length < bytes.length) return 'stopped'
    } else {
      // A stop at the end of a chunk comes after the chunk's line end; one at the end of the body, before what ends the body.
      if (part !== 'close' && sent >= limit) return 'stopped'
      if (bytes.length > 0) await wire.write(bytes)
    }
  }
  return 'whole'
}

async function sendData(bytes: Uint8Array, drip: number | undefined, wire: Wire): Promise<void> {
  if (drip === undefined) return wire.write(bytes)
  const portion = Math.ceil(drip / 10)
  for (let at = 0; at < bytes.length; at += portion) {
    const part = bytes.subarray(at, at + portion)
    await wire.write(part)
    await wire.sleep((part.length / drip) * 1000)
  }
}
