/** Writes an archive from its begin, with few calls: what is small is gathered first. */
import { readSync } from 'node:fs'
import { writeWhole } from '../../disk/write-whole.js'
import { RunError } from '../../errors.js'
import { END, memberHead, paddingOf } from './tar-header.js'

const GATHERED = 1024 * 1024

/** Where the bytes of a body are: in a file that is open. */
export interface BodyAt {
  readonly fd: number
  readonly at: number
  readonly bytes: number
}

export class ArchiveWriter {
  readonly #fd: number
  readonly #buffer = Buffer.allocUnsafe(GATHERED)
  #filled = 0
  #written = 0

  constructor(fd: number) {
    this.#fd = fd
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#written + this.#filled
  }

  /** Adds a member; returns where its body begins. */
  add(name: string, body: Uint8Array): number {
    this.#put(memberHead(name, body.length))
    const at = this.bytes
    this.#put(body)
    this.#pad(body.length)
    return at
  }

  /** Begins a member whose body `copy` brings, piece by piece. */
  begin(name: string, bytes: number): number {
    this.#put(memberHead(name, bytes))
    return this.bytes
  }

  /** Takes at most one buffer full of `body`, from byte `done` on; returns how many it took. Once it has all, the member is over. */
  copy({ fd, at, bytes }: BodyAt, done: number): number {
    if (this.#filled === GATHERED) this.#writeOut()
    const wanted = Math.min(bytes - done, GATHERED - this.#filled)
    const got = wanted === 0 ? 0 : readSync(fd, this.#buffer, this.#filled, wanted, at + done)
    if (got === 0 && wanted > 0) {
      throw new RunError('ERR_OUTPUT', `${bytes - done} bytes of a sample are missing in .halyard/shards: --fresh starts over`)
    }
    this.#filled += got
    if (done + got === bytes) this.#pad(bytes)
    return got
  }

  /** The end mark, and everything that was gathered. */
  finish(): void {
    this.#put(END)
    this.#writeOut()
  }

  #pad(bytes: number): void {
    this.#put(END.subarray(0, paddingOf(bytes)))
  }

  #put(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > GATHERED) this.#writeOut()
    if (bytes.length > GATHERED) {
      writeWhole(this.#fd, bytes)
      this.#written += bytes.length
      return
    }
    this.#buffer.set(bytes, this.#filled)
    this.#filled += bytes.length
  }

  #writeOut(): void {
    writeWhole(this.#fd, this.#buffer.subarray(0, this.#filled))
    this.#written += this.#filled
    this.#filled = 0
  }
}
