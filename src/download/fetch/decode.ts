/** Content codings: gzip, deflate and br, decoded while they arrive, whole or an error. */
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import type { Transform } from 'node:stream'
import { DownloadError } from '../errors.js'
import { printable } from './answer.js'

/** What is asked for. */
export const ACCEPT_CODINGS = 'gzip, deflate, br'
/** More than this one over the other is not made by any honest server. */
export const MAX_CODINGS = 2
/** Times the bytes received; deflate alone can reach 1032. Only judged beyond the first {@link RATIO_FROM} bytes. */
export const MAX_RATIO = 1000
/** Decoded bytes below which the ratio does not matter: so much fits anywhere. */
export const RATIO_FROM = 10_000_000

type Coding = 'gzip' | 'deflate' | 'br'

/**
 * The codings of a body, in the order they were applied.
 *
 * @throws DownloadError UNKNOWN_ENCODING
 */
export function readCodings(contentEncoding: string | undefined): readonly Coding[] {
  if (contentEncoding === undefined) return []
  const names = contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length > MAX_CODINGS) {
    throw new DownloadError(
      'UNKNOWN_ENCODING',
      `${names.length} content codings, one over the other; at most ${MAX_CODINGS} are undone`,
    )
  }
  return names.map((name) => {
    if (name === 'gzip' || name === 'x-gzip') return 'gzip'
    if (name === 'deflate' || name === 'br') return name
    throw new DownloadError('UNKNOWN_ENCODING', `the content coding '${printable(name)}', which was not asked for`)
  })
}

/** Who takes decoded bytes, and is told of the end. */
export interface DecoderTarget {
  /** A promise holds the decoder back. An error thrown or rejected goes to `failed`. */
  chunk(chunk: Uint8Array): void | Promise<void>
  /** Everything is decoded, the end of every coding was seen, and nothing came after it. */
  done(): void
  failed(error: unknown): void
}

/** Undoes the codings of one body. */
export class Decoder {
  readonly #stages: readonly Stage[]
  readonly #target: DecoderTarget
  #received = 0
  #decoded = 0
  #over = false

  constructor(codings: readonly Coding[], target: DecoderTarget) {
    this.#target = target
    const stages: Stage[] = []
    for (const coding of codings) {
      const next = stages[0]
      const output = next === undefined ? { write: (chunk: Buffer) => this.#deliver(chunk), end: () => this.#done() } : next
      stages.unshift(new Stage(coding, output, (error) => this.#fail(error)))
    }
    this.#stages = stages
  }

  /** Takes bytes as they were received. A promise asks to wait before the next. */
  write(chunk: Uint8Array): void | Promise<void> {
    this.#received += chunk.length
    return this.#stages[0]?.write(chunk)
  }

  /** The last byte was received. `done` or `failed` follows. */
  end(): void {
    this.#stages[0]?.end()
  }

  /** Stops; the target hears nothing more. */
  destroy(): void {
    this.#over = true
    for (const stage of this.#stages) stage.destroy()
  }

  #deliver(chunk: Buffer): void | Promise<void> {
    if (this.#over) return undefined
    this.#decoded += chunk.length
    if (this.#decoded > RATIO_FROM && this.#decoded > MAX_RATIO * this.#received) {
      throw new DownloadError('BOMB', `${this.#received} bytes became ${this.#decoded}, more than ${MAX_RATIO} times as many`)
    }
    return this.#target.chunk(chunk)
  }

  #done(): void {
    if (this.#over) return
    this.#over = true
    this.#target.done()
  }

  #fail(error: unknown): void {
    if (this.#over) return
    this.destroy()
    this.#target.failed(error)
  }
}

/** Where the bytes of a stage go: the next stage, or the target. */
interface Output {
  write(chunk: Buffer): void | Promise<void>
  end(): void
}

/** One coding. */
class Stage {
  readonly #coding: Coding
  readonly #output: Output
  readonly #fail: (error: unknown) => void
  #stream: (Transform & { readonly bytesWritten?: number }) | undefined
  #fed = 0
  #inputOver = false
  #outputOver = false

  constructor(coding: Coding, output: Output, fail: (error: unknown) => void) {
    this.#coding = coding
    this.#output = output
    this.#fail = fail
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (chunk.length === 0) return undefined
    if (this.#outputOver) throw this.#broken('bytes after its end')
    this.#fed += chunk.length
    this.#stream ??= this.#open(chunk[0] as number)
    const stream = this.#stream
    if (stream.write(chunk)) return undefined
    return new Promise((resolve) => {
      // After an error or a destroy there is no drain; what waits for it is over as well.
      stream.once('drain', resolve).once('close', resolve)
    })
  }

  end(): void {
    this.#inputOver = true
    if (this.#stream === undefined) this.#fail(this.#broken('no byte'))
    else if (this.#outputOver) this.#finish()
    else this.#stream.end()
  }

  destroy(): void {
    this.#stream?.destroy()
  }

  #open(first: number): Transform {
    const stream = makeStream(this.#coding, first)
    stream.on('data', (chunk: Buffer) => this.#pass(stream, chunk))
    stream.on('end', () => {
      this.#outputOver = true
      if (this.#inputOver) this.#finish()
    })
    stream.on('error', (error) => this.#fail(this.#broken(error.message, error)))
    return stream
  }

  #pass(stream: Transform, chunk: Buffer): void {
    try {
      const wait = this.#output.write(chunk)
      if (wait === undefined) return
      stream.pause()
      wait.then(
        () => stream.resume(),
        (error: unknown) => this.#fail(error),
      )
    } catch (error) {
      this.#fail(error)
    }
  }

  /** zlib itself reads over whatever follows the end of the coding; what it did not consume tells. */
  #finish(): void {
    if (this.#stream?.bytesWritten !== this.#fed) this.#fail(this.#broken('bytes after its end'))
    else this.#output.end()
  }

  #broken(why: string, cause?: unknown): DownloadError {
    return new DownloadError('BAD_ENCODING', `the ${this.#coding} coding of the body is broken: ${why}`, { cause })
  }
}

/** `deflate` means zlib's format; some servers leave its header out, and every browser reads that too. */
function makeStream(coding: Coding, first: number): Transform {
  if (coding === 'gzip') return createGunzip()
  if (coding === 'br') return createBrotliDecompress()
  return (first & 0x0f) === 8 ? createInflate() : createInflateRaw()
}
