/** Runs in a thread: hashes a file while another thread writes it. See `follower.ts`. */
import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { Front } from './front.js'

/** What the thread is told. */
export interface FollowerOrder {
  /** Open for reading, here as there: one process, one table of files. It is read by position. */
  readonly fd: number
  readonly algorithms: readonly string[]
  /** Of a `Front`. */
  readonly memory: SharedArrayBuffer
}

const CHUNK = 1024 * 1024

/** The digests in hex, one for each algorithm; undefined if nobody wants them any more. */
function follow({ fd, algorithms, memory }: FollowerOrder): readonly string[] | undefined {
  const front = new Front(memory)
  const hashes = algorithms.map((algorithm) => createHash(algorithm))
  const buffer = Buffer.allocUnsafeSlow(CHUNK)
  for (let at = 0; ;) {
    const told = front.after(at)
    if (told === 'given up') return undefined
    if (told.isWritten && at === told.bytes) return hashes.map((hash) => hash.digest('hex'))
    const read = readSync(fd, buffer, 0, Math.min(CHUNK, told.bytes - at), at)
    if (read === 0) throw new Error(`the file ends at byte ${at}; ${told.bytes} were written`)
    for (const hash of hashes) hash.update(buffer.subarray(0, read))
    at += read
  }
}

parentPort?.postMessage(follow(workerData as FollowerOrder))
