/**
 * Follower: hashes a large file in a thread of its own while it is written, by reading what is there already. So the thread that receives is
 * not kept from receiving, bytes may come in any order, and what is hashed is what is in the file.
 */
import { createHash } from 'node:crypto'
import { read } from 'node:fs'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { FollowerOrder } from './follower-entry.js'
import { Front } from './front.js'

/** From so many bytes on a thread pays: it costs some 50 ms to start. */
const WORTH_FOLLOWING = 64 * 1024 * 1024

/** Bytes between two words to the thread. */
const STEP = 1024 * 1024

/** One thread at a time for each thread that downloads: more would take processors from those that receive. */
let isBusy = false

/** Whether a file of `total` bytes is better hashed by a thread of its own, and there is one for it. */
export function isWorthFollowing(total: number | undefined): boolean {
  return total !== undefined && total >= WORTH_FOLLOWING && !isBusy && availableParallelism() > 1
}

export class Follower {
  readonly #fd: number
  readonly #algorithms: readonly string[]
  readonly #front: Front | undefined
  /** What the thread says in the end; undefined if it died, or there is none. */
  readonly #told: Promise<readonly string[] | undefined>
  #said = 0

  /**
   * Follows a file from its begin; in a thread where one is free, else everything is read at the end.
   *
   * @param fd open for reading until `finish` is done or `stop` was called
   */
  constructor(fd: number, algorithms: readonly string[]) {
    this.#fd = fd
    this.#algorithms = algorithms
    this.#front = isBusy ? undefined : new Front()
    this.#told = this.#front === undefined ? Promise.resolve(undefined) : inThread(fd, algorithms, this.#front)
  }

  /** The first `bytes` bytes of the file are there. */
  advance(bytes: number): void {
    if (bytes - this.#said < STEP) return
    this.#said = bytes
    this.#front?.advance(bytes)
  }

  /**
   * All bytes are there.
   *
   * @returns digests in hex, in the order of the algorithms
   * @throws the error of the file system
   */
  async finish(bytes: number): Promise<readonly string[]> {
    this.#front?.written(bytes)
    return (await this.#told) ?? (await hashInSteps(this.#fd, bytes, this.#algorithms))
  }

  /** Nobody wants the digests any more. Idempotent. */
  stop(): void {
    this.#front?.giveUp()
  }
}

async function inThread(fd: number, algorithms: readonly string[], front: Front): Promise<readonly string[] | undefined> {
  isBusy = true
  const order: FollowerOrder = { fd, algorithms, memory: front.memory }
  try {
    return await new Promise((resolve) => {
      const worker = new Worker(new URL('follower-entry.js', import.meta.url), { workerData: order, execArgv: [], name: 'hash' })
      worker.once('message', resolve)
      // A thread that cannot be started, or dies, costs time and nothing else.
      worker.once('error', () => resolve(undefined))
      worker.once('exit', () => resolve(undefined))
    })
  } catch {
    return undefined
  } finally {
    isBusy = false
  }
}

const readInto = promisify(read)

/** Reads the file from its begin, without keeping the thread from anything else for longer than a step takes. */
async function hashInSteps(fd: number, bytes: number, algorithms: readonly string[]): Promise<readonly string[]> {
  const hashes = algorithms.map((algorithm) => createHash(algorithm))
  const buffer = Buffer.allocUnsafe(STEP)
  for (let at = 0; at < bytes;) {
    const { bytesRead } = await readInto(fd, buffer, 0, Math.min(STEP, bytes - at), at)
    if (bytesRead === 0) throw new Error(`the file ends at byte ${at}; ${bytes} were written`)
    for (const hash of hashes) hash.update(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
  return hashes.map((hash) => hash.digest('hex'))
}
