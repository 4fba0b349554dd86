/** Jobs, heads and bodies as the engine hands them to a sink. */
import type { Job, ResponseHead, Sink } from '../download/index.js'

export function jobOf(file: string, rest: Partial<Job> = {}): Job {
  return { id: 7, url: 'https://h.example/a.gif', file, ...rest }
}

export function headOf(rest: Partial<ResponseHead> = {}): ResponseHead {
  return { status: 200, url: 'https://h.example/a.gif', from: 0, ...rest }
}

/** Bytes that differ everywhere, so that none can be lost, doubled or moved unnoticed. */
export function bytesOf(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE((Math.imul(at + seed, 0x9e3779b1) ^ seed) >>> 0, at)
  return bytes
}

/** Downloads `bytes` the way the engine does. */
export async function put(
  sink: Sink,
  job: Job,
  bytes: Uint8Array,
  head: ResponseHead = headOf({ length: bytes.length }),
): Promise<string> {
  const part = await sink.begin(job)
  await part.open(head)
  await part.write(bytes)
  return (await part.commit()).file
}

/** Leaves a part of `bytes`: the transfer broke. */
export async function leave(sink: Sink, job: Job, bytes: Uint8Array, head: ResponseHead): Promise<void> {
  const part = await sink.begin(job)
  await part.open(head)
  await part.write(bytes)
  await part.abandon(true)
}
