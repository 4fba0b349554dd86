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
 * work. Whoever takes the bytes of a connection directly says whether they are done with, and the next read goes to the same memory, which
 * is in the processor's cache by then; otherwise it belongs to whoever holds a chunk of it, and is never read over.
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
        const whole = buffer as Buffer
        const chunk = whole.subarray(0, bytes)
        const take = this[TAKE]
        const isFree = take !== undefined && take(chunk)
        next = following(whole, bytes, isFree)
        return take === undefined ? this.push(chunk) : true
      },
    },
  }
}

const TAKE = Symbol('take')

/** Takes the bytes of a connection. @returns whether they are done with; otherwise they may be needed after the call */
export type TakeBytes = (chunk: Buffer) => boolean

/** A socket whose bytes somebody takes as they come: a stream in between costs as much as reading a small answer does. */
interface DirectSocket extends Socket {
  [TAKE]?: TakeBytes | undefined
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
export function readsDirectly(socket: Socket, take: TakeBytes): boolean {
  if (!(TAKE in socket)) return false
  ;(socket as DirectSocket)[TAKE] = take
  return true
}

/** Whether there may be more to read, of a chunk that was taken: there was no room for it. */
export const filledItsBuffer = (chunk: Buffer): boolean => chunk.byteOffset + chunk.byteLength === chunk.buffer.byteLength

/** Where to read next: larger if this buffer was filled at once. */
function following(buffer: Buffer, used: number, isFree: boolean): Buffer {
  const { length } = buffer
  if (used === length && length < LARGEST) return Buffer.allocUnsafeSlow(Math.min(LARGEST, Math.max(USUAL, length * 4)))
  return isFree ? buffer : Buffer.allocUnsafeSlow(length)
}
