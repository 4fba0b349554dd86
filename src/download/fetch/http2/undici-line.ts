/** UndiciLine: one connection at a time to one origin, which tells every exchange what it travels on. */
import type { Socket } from 'node:net'
import type { Client, Dispatcher } from 'undici'
import type { Dial, Dialled } from '../dial.js'
import type { OpenLine, OpenLines } from '../open-lines.js'
import type { Wire } from '../wire.js'
import { ToldByUndici } from './told-by-undici.js'
import { undici } from './undici.js'

/** Streams in one HTTP/2 connection at once. */
const HTTP2_STREAMS = 64

/** undici's Client, whose connections are watched. */
export class UndiciLine extends undici.Client implements OpenLine {
  readonly wire: Wire
  slot = 0

  constructor(origin: string | URL, options: Client.Options, dial: Dial, open: OpenLines, now: () => number) {
    const wire: Wire = { socket: undefined, connectMs: 0, requests: 0, exchange: undefined }
    const setUp: { line?: UndiciLine } = {}
    super(origin, {
      ...options,
      connect: (target, done) => {
        const begun = now()
        dial(target, (error, socket) => {
          if (socket !== null) {
            wire.socket = socket
            wire.connectMs = now() - begun
            wire.requests = 0
            wire.exchange = undefined
            guard(socket, wire)
            if (setUp.line !== undefined) open.add(setUp.line)
            if ('alpnProtocol' in socket && socket.alpnProtocol === 'h2' && setUp.line !== undefined)
              setUp.line.pipelining = HTTP2_STREAMS
          } else if (error !== null && 'code' in error && error.code === 'EMFILE') open.keepIdle(0)
          ;(done as Dialled)(error, socket)
        })
      },
    })
    setUp.line = this
    this.wire = wire
  }

  get isIdle(): boolean {
    return this.stats.size === 0
  }

  hangUp(): void {
    this.wire.socket?.destroy()
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (handler instanceof ToldByUndici) handler.exchange.wire = this.wire
    return super.dispatch(options, handler)
  }
}

/**
 * Two things undici 7.30 does with a connection that ends, put right before it sees them:
 *
 * - it takes a reset for the regular end of a body without length. The code that tells it so is renamed;
 * - if the connection ends while its parser is paused, an assertion fails in an event of the socket and ends the process. So the parser is
 *   set going again first; it has nothing left to read at that point.
 */
function guard(socket: Socket, wire: Wire): void {
  socket.prependListener('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') error.code = 'RESET_BY_PEER'
  })
  socket.prependListener('end', () => wire.exchange?.unpause())
}
