/**
 * ListIndex: how far the list was read, so that a run that goes on need neither read it from its begin nor name all its lines again.
 *
 * Every 8,192 lines a block is added: where in the list the next line begins, and what the set of names remembers of those that were given since
 * the block before. Going on, blocks are taken back as far as all lines before them are done; what is read after that is named as it was the first
 * time, because the names that are taken are the same ones. Blocks after that are cut off, and come again.
 *
 * Memory is that of one block. Like the checkpoint it may be thrown away: then the list is read from its begin.
 */
import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, lstatSync, readSync } from 'node:fs'
import { writeWhole } from '../disk/write-whole.js'
import type { HashTaker } from '../naming/name-set.js'
import type { ListBegin, ListPlace } from '../source/source.js'
import { openToAppend } from './state-file.js'

export interface ListIndexOptions {
  /** Lines of a block, or a few more. @default 8_192 */
  readonly every?: number
}

const EVERY = 8_192

/**
 * A block: its mark, the number of names, the number of the line after it, the byte where that line begins (-1: it cannot be read from there) and
 * how many lines of text are before it; 16 bytes of the sha256 of it all and of the run; then two numbers for each name.
 */
const MARK = 0x31_58_4c_48
const HEAD = 48
const SUM_AT = 32
const NAME = 8
/** No block has more: a line is at most 64 KB, and so are the folders it names. */
const MOST_NAMES = 1 << 24

interface Block {
  readonly begin: ListBegin
  readonly names: Uint32Array
  readonly length: number
}

export class ListIndex {
  readonly #path: string
  readonly #run: string
  readonly #every: number
  /** What was told since the last block. */
  #names = new Uint32Array(4 * EVERY)
  #count = 0
  /** The line after the last block. */
  #line = 0
  #hasPlaces = false
  #isBroken = false
  /** From the first block on. */
  #fd: number | undefined

  /** @param run tells the run from every other one */
  constructor(path: string, run: string, { every = EVERY }: ListIndexOptions = {}) {
    this.#path = path
    this.#run = run
    this.#every = every
  }

  /**
   * Where to begin when all lines before `firstUndone` are done. `restore` is given the names of the lines before that. Once, before anything
   * else.
   */
  begin(firstUndone: number, restore: HashTaker): ListBegin {
    if (lstatSync(this.#path, { throwIfNoEntry: false }) === undefined) return { id: 0 }
    this.#fd = openToAppend(this.#path)
    let begin: ListBegin = { id: 0 }
    let end = 0
    for (
      let block = this.#readAt(this.#fd, 0);
      block !== undefined && block.begin.id <= firstUndone;
      block = this.#readAt(this.#fd, end)
    ) {
      const { names, length } = block
      for (let at = 0; at < names.length; at += 2) restore(names[at] ?? 0, names[at + 1] ?? 0)
      begin = block.begin
      end += length
    }
    ftruncateSync(this.#fd, end)
    this.#line = begin.id
    return begin
  }

  /** A name was given. */
  claimed(place: number, kept: number): void {
    if (this.#count === this.#names.length) {
      const more = new Uint32Array(this.#names.length * 2)
      more.set(this.#names)
      this.#names = more
    }
    this.#names[this.#count++] = place
    this.#names[this.#count++] = kept
  }

  /** All lines before `id` have their names; `place` is where it begins, if the list can be read from there. */
  read(id: number, place: ListPlace | undefined): void {
    this.#hasPlaces ||= place !== undefined
    const isPlace = place !== undefined || !this.#hasPlaces
    if (this.#isBroken || !isPlace || id - this.#line < this.#every) return
    const block = this.#block({ id, ...(place === undefined ? {} : { place }) }, this.#names.subarray(0, this.#count))
    this.#line = id
    this.#count = 0
    try {
      this.#fd ??= openToAppend(this.#path)
      writeWhole(this.#fd, block)
    } catch {
      // A block that is not whole ends the index. The disk is full: the next record will tell.
      this.#isBroken = true
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  #block({ id, place }: ListBegin, names: Uint32Array): Buffer {
    const block = Buffer.alloc(HEAD + names.byteLength)
    block.writeUInt32LE(MARK, 0)
    block.writeUInt32LE(names.length / 2, 4)
    block.writeDoubleLE(id, 8)
    block.writeDoubleLE(place?.byte ?? -1, 16)
    block.writeDoubleLE(place?.line ?? 0, 24)
    block.set(new Uint8Array(names.buffer, names.byteOffset, names.byteLength), HEAD)
    block.set(this.#sum(block), SUM_AT)
    return block
  }

  /** Undefined where no whole block of this run is. */
  #readAt(fd: number, start: number): Block | undefined {
    const head = bytesAt(fd, start, HEAD)
    if (head?.readUInt32LE(0) !== MARK || head.readUInt32LE(4) > MOST_NAMES) return undefined
    const length = HEAD + head.readUInt32LE(4) * NAME
    const block = bytesAt(fd, start, length)
    if (block === undefined) return undefined
    const sum = Buffer.from(block.subarray(SUM_AT, HEAD))
    block.fill(0, SUM_AT, HEAD)
    if (!this.#sum(block).equals(sum)) return undefined
    const id = block.readDoubleLE(8)
    const byte = block.readDoubleLE(16)
    const line = block.readDoubleLE(24)
    return {
      begin: byte < 0 ? { id } : { id, place: { byte, line } },
      names: new Uint32Array(block.buffer, block.byteOffset + HEAD, (length - HEAD) / 4),
      length,
    }
  }

  #sum(block: Buffer): Buffer {
    return createHash('sha256')
      .update(this.#run)
      .update(block)
      .digest()
      .subarray(0, HEAD - SUM_AT)
  }
}

function bytesAt(fd: number, start: number, length: number): Buffer | undefined {
  // Not of the pool: its place in memory must be one where numbers may be.
  const bytes = Buffer.allocUnsafeSlow(length)
  return readSync(fd, bytes, 0, length, start) === length ? bytes : undefined
}
