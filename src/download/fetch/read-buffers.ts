/** What sockets read into: memory that grows with what arrives, so that a large file takes few reads and a small one little memory. */
import type { OnReadOpts, Socket } from 'node:net'

/** Bytes of the first buffer of a connection: many are used once, for one small file. */
const FIRST = 16 * 1024
/** Of the next one, and of the largest. Node reads 64 KiB at a time, whatever there is. */
const USUAL = 64 * 1024
const LARGEST = 1024 * 1024

/** What is given to `net.connect`. */
export interface LargeReads {
  /** More than one read, or the socket would stop and start again after each. */
  readonly highWaterMark: number
  readonly onread: OnReadOpts
}

/**
 * For all connections of one dial. A read four times as large takes a quarter of the system calls, which for a large file are half of the
 * work. No byte is ever read over another: a buffer is used up once, and belongs to whoever holds a chunk of it.
 */
export function largeReads(): LargeReads {
  // Node asks for the next buffer of a connection right after the callback for the one before, and once for a new connection.
  let next: Buffer | undefined
  return {
    highWaterMark: 2 * LARGEST,
    onread: {
      buffer: () => {
        const buffer = next ?? Buffer.allocUnsafeSlow(FIRST)
        next = undefined
        return buffer
      },
      callback(this: DirectSocket, bytes: number, buffer: Uint8Array): boolean {
        const chunk = buffer as Buffer
        next = following(chunk, bytes)
        const take = this[TAKE]
        if (take === undefined) return this.push(chunk.subarray(0, bytes))
        take(chunk.subarray(0, bytes))
        return true
      },
    },
  }
}

const TAKE = Symbol('take')

/** A socket whose bytes somebody takes as they come: a stream in between costs as much as reading a small answer does. */
interface DirectSocket extends Socket {
  [TAKE]?: ((chunk: Buffer) => void) | undefined
}

/** To be called for every socket that was made with `largeReads`. */
export function mayBeReadDirectly(socket: Socket): void {
  ;(socket as DirectSocket)[TAKE] = undefined
}

/**
 * Has `take` called with all that comes, instead of events `data`. `pause` and `resume` of the socket do what they always do.
 *
 * @returns false where it cannot be: that socket was made otherwise
 */
export function readsDirectly(socket: Socket, take: (chunk: Buffer) => void): boolean {
  if (!(TAKE in socket)) return false
  ;(socket as DirectSocket)[TAKE] = take
  return true
}

/** Where to read next: into the rest of the buffer while half of it is left, else into another, larger if this one was filled at once. */
function following(buffer: Buffer, used: number): Buffer {
  const whole = buffer.buffer.byteLength
  if (used === whole) return Buffer.allocUnsafeSlow(Math.min(LARGEST, whole * 4))
  return (buffer.length - used) * 2 >= whole ? buffer.subarray(used) : Buffer.allocUnsafeSlow(Math.max(USUAL, whole))
}
