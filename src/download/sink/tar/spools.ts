/**
 * Spools: files in which bodies that are whole wait for their shard. Each thread writes spools of its own, and never one that an earlier run
 * left: so nobody has to look where the bytes of another end. What is in them without a record is nobody's, and goes with them.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, constants, fdatasyncSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { syncFolder } from '../../disk/sync-folder.js'
import { spoolName } from './shard-names.js'
import type { Spooled } from '../sink.js'

/** Open at once; a body for another shard begins a new one. */
const MOST_OPEN = 16
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)

/** One file, written from its begin. */
export class Spool {
  readonly #name = randomBytes(6).toString('hex')
  readonly #path: string
  readonly #fd: number
  #bytes = 0

  constructor(folder: string, shard: number, durable: boolean) {
    this.#path = `${folder}/${spoolName(shard, this.#name)}`
    this.#fd = openSync(this.#path, CREATE, 0o600)
    if (durable) syncFolder(folder)
  }

  /** Where the next byte will be. */
  get end(): Spooled {
    return { spool: this.#name, at: this.#bytes }
  }

  /** All of it or, as far as those know that come later, nothing: a write that broke off is written over by the next. */
  append(bytes: Uint8Array): void {
    let written = 0
    while (written < bytes.length) {
      written += writeSync(this.#fd, bytes, written, bytes.length - written, this.#bytes + written)
    }
    this.#bytes += bytes.length
  }

  sync(): void {
    fdatasyncSync(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** Closes it; the file goes. */
  remove(): void {
    closeSync(this.#fd)
    unlinkSync(this.#path)
  }
}

/** The spools of one thread. */
export class Spools {
  /** Bytes of bodies that are kept in memory until they are whole. */
  held = 0
  readonly #folder: string
  readonly #durable: boolean
  /** By shard; the one that was used last is last. */
  readonly #open = new Map<number, Spool>()

  constructor(folder: string, durable: boolean) {
    this.#folder = folder
    this.#durable = durable
  }

  /** Adds a body that is whole to the spool of its shard. */
  add(shard: number, body: Uint8Array): Spooled {
    const spool = this.#of(shard)
    const { end } = spool
    spool.append(body)
    if (this.#durable) spool.sync()
    return end
  }

  /** A spool for one body alone. */
  own(shard: number): Spool {
    return new Spool(this.#folder, shard, this.#durable)
  }

  /** The body in a spool of its own is whole. */
  settle(spool: Spool): void {
    if (this.#durable) spool.sync()
    spool.close()
  }

  close(): void {
    for (const spool of this.#open.values()) spool.close()
    this.#open.clear()
  }

  #of(shard: number): Spool {
    const spool = this.#open.get(shard) ?? this.own(shard)
    this.#open.delete(shard)
    this.#open.set(shard, spool)
    if (this.#open.size > MOST_OPEN) {
      for (const [oldest, unused] of this.#open) {
        this.#open.delete(oldest)
        unused.close()
        break
      }
    }
    return spool
  }
}
