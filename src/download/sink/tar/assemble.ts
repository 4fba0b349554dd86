/** Puts a shard together: the samples in the order of the list, each with its body and what is known of it, and the index beside them. */
import { closeSync, fstatSync, fsyncSync, openSync, constants } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { writeWhole } from '../../disk/write-whole.js'
import { RunError } from '../../errors.js'
import { keyOf } from '../../naming/member-names.js'
import { ArchiveWriter, type BodyAt } from './archive-writer.js'
import { indexLine, type Indexed, type ShardLine, type ShardLines } from './shard-lines.js'

/** Bytes and samples after which other things get their turn. */
const SLICE = 4 * 1024 * 1024
const SLICE_SAMPLES = 200
/** Characters of the index that are written at once. */
const PIECE = 262_144
/** Files that are read, open at once. */
const MOST_OPEN = 16

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)

export interface Assembly {
  readonly lines: ShardLines
  /** The file that holds the body of a line: a spool, or the shard as it was before. */
  readonly fileOf: (line: ShardLine) => string
  /** What is made; neither is there yet. */
  readonly archive: string
  readonly index: string
  readonly durable: boolean
  /** Asked now and then: true ends it, and nothing that was made is of use. */
  readonly stopped: () => boolean
}

export interface Assembled {
  readonly samples: number
  readonly bytes: number
}

/** Undefined: it was stopped. Throws the error of the file system, or that bytes are missing. */
export async function assemble({ lines, fileOf, archive, index, durable, stopped }: Assembly): Promise<Assembled | undefined> {
  const sources = new Sources()
  const archiveFd = openSync(archive, CREATE, 0o666)
  const indexFd = openSync(index, CREATE, 0o666)
  try {
    const writer = new ArchiveWriter(archiveFd)
    let samples = 0
    let text = ''
    let slice = 0
    let inSlice = 0
    for (const line of lines) {
      let indexed: Indexed | undefined
      if (line.member !== undefined) {
        samples += 1
        const body = sources.bodyOf(fileOf(line), line)
        const offset = writer.begin(line.member, body.bytes)
        for (let done = 0, isWhole = false; !isWhole; isWhole = done === body.bytes) {
          done += writer.copy(body, done)
          if (writer.bytes - slice < SLICE) continue
          slice = writer.bytes
          await nextTurn()
          if (stopped()) return undefined
        }
        indexed = describe(writer, line, line.member, offset)
      }
      text += indexLine(line, indexed)
      if (text.length >= PIECE) {
        writeWhole(indexFd, Buffer.from(text))
        text = ''
      }
      if ((inSlice += 1) < SLICE_SAMPLES) continue
      inSlice = 0
      await nextTurn()
      if (stopped()) return undefined
    }
    writer.finish()
    writeWhole(indexFd, Buffer.from(text))
    if (fstatSync(archiveFd).size !== writer.bytes) throw new Error(`${archive} is not as long as what was written to it`)
    if (durable) for (const fd of [archiveFd, indexFd]) fsyncSync(fd)
    return { samples, bytes: writer.bytes }
  } finally {
    for (const fd of [archiveFd, indexFd]) closeSync(fd)
    sources.close()
  }
}

/** Adds what is known of a sample as its second member: `a.json` beside `a.jpg`. */
function describe(writer: ArchiveWriter, line: ShardLine, member: string, offset: number): Indexed {
  const key = keyOf(member)
  const { id, url, bytes, sha256, contentType } = line
  const facts = Buffer.from(JSON.stringify({ key, id, url, bytes, sha256, contentType }))
  return { key, offset, json: { offset: writer.add(`${key}.json`, facts), bytes: facts.length } }
}

/** The files that bodies come from. */
class Sources {
  readonly #open = new Map<string, number>()

  bodyOf(path: string, { bytes = 0, at, offset = 0 }: ShardLine): BodyAt {
    return { fd: this.#fdOf(path), at: at ?? offset, bytes }
  }

  close(): void {
    for (const fd of this.#open.values()) closeSync(fd)
  }

  #fdOf(path: string): number {
    const known = this.#open.get(path)
    if (known !== undefined) return known
    const fd = openThere(path)
    if (this.#open.size === MOST_OPEN) {
      for (const [oldest, unused] of this.#open) {
        this.#open.delete(oldest)
        closeSync(unused)
        break
      }
    }
    this.#open.set(path, fd)
    return fd
  }
}

function openThere(path: string): number {
  try {
    return openSync(path, READ)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new RunError('ERR_OUTPUT', `${path} held samples of this run, and is not there any more: --fresh starts over`, {
      cause,
    })
  }
}
