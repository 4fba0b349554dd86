/** Connections by TCP alone. */
import { connect, type Socket } from 'node:net'
import type { Attempt, Dialled, Target } from './dial.js'
import { type LargeReads, largeReads, mayBeReadDirectly } from './read-buffers.js'

/** ms without a byte after which the kernel asks whether the other side is still there. */
const KEEP_ALIVE = 60_000
/** Bytes that wait to be read. */
const HIGH_WATER_MARK = 64 * 1024

/** Connects to an address. @param reads see `largeReads`; undefined: the socket is a stream like any other */
export function connectTcp({ hostname, port }: Target, done: Dialled, reads?: LargeReads): Attempt {
  let told = false
  const tell = (error: Error | null, connected: Socket | null): void => {
    if (told) return
    told = true
    done(error, connected)
  }
  const socket = connect({
    host: hostname,
    port: port === '' ? 80 : Number(port),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE,
    ...(reads ?? { highWaterMark: HIGH_WATER_MARK }),
  })
  if (reads !== undefined) mayBeReadDirectly(socket)
  socket.once('connect', () => tell(null, socket))
  socket.on('error', (error) => tell(error, null))
  return socket
}

/** Connects to addresses of `http:` targets, and reads much at once where much arrives. */
export function readingMuch(): (target: Target, done: Dialled) => Attempt {
  const reads = largeReads()
  return (target, done) => connectTcp(target, done, reads)
}
