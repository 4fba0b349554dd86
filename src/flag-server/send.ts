import type { Answer } from './answer.js'
import type { Wire } from './wire.js'

/** Puts an answer on the wire. */
export async function sendAnswer({ status, reason, headers, body }: Answer, wire: Wire): Promise<void> {
  const head = `HTTP/1.1 ${status} ${reason}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  await wire.write(head)
  if (body === undefined) return
  for await (const piece of body.read(0, body.size ?? Infinity)) await wire.write(piece)
}
