import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { FlagServerError } from './errors.js'
import type { FlagServerOptions } from './options.js'
import { RequestLog } from './request-log.js'
import { RequestReader, UnreadableRequest } from './request-reader.js'
import { Responder } from './responder.js'
import { ConnectionGone, Wire } from './wire.js'

/** A running server of flags. */
export interface FlagServer extends AsyncDisposable {
  /** Without a slash at the end: `http://127.0.0.1:41234`. */
  readonly url: string
  /** What the book calls BASE_URL: `http://127.0.0.1:41234/flags`. */
  readonly flagsUrl: string
  readonly host: string
  readonly port: number
  /** What the server was asked and what it answered. */
  readonly log: RequestLog
  /** Which version of the contents is served: 0, and one more after each {@link bump}. */
  readonly version: number
  /** Changes every file: other bytes, another ETag, a later Last-Modified. Returns the new version. */
  bump(): number
  /** Ends every connection at once, and resolves when nothing of the server is left. May be called again. */
  close(): Promise<void>
}

/**
 * Starts a server of the flags, with the faults asked for.
 *
 * @throws {FlagServerError} `ERR_FLAG_SERVER_OPTION` for a wrong option, `ERR_FLAG_SERVER_LISTEN` if the port cannot be opened.
 *
 * @example
 * await using server = await startFlagServer({ delay: '0.5-5', errorRate: 0.25, status: 418 })
 * const response = await fetch(`${server.flagsUrl}/br/br.gif`)
 */
export async function startFlagServer(options: FlagServerOptions = {}): Promise<FlagServer> {
  const server = new RunningServer(options)
  await server.listen(options.port ?? 0)
  return server
}

class RunningServer implements FlagServer {
  readonly host: string
  readonly log: RequestLog
  port = 0
  readonly #responder: Responder
  readonly #server: Server
  readonly #connections = new Map<Socket, Wire>()
  readonly #served = new Set<Promise<void>>()
  #closing: Promise<void> | undefined

  constructor(options: FlagServerOptions) {
    this.host = options.host ?? '127.0.0.1'
    this.log = new RequestLog(options.keep)
    this.#responder = new Responder(options, this.log)
    this.#server = createServer({ noDelay: true }, (socket) => {
      const served = this.#serve(socket).finally(() => this.#served.delete(served))
      this.#served.add(served)
    })
  }

  get url(): string {
    return `http://${this.host.includes(':') ? `[${this.host}]` : this.host}:${this.port}`
  }

  get flagsUrl(): string {
    return `${this.url}/flags`
  }

  get version(): number {
    return this.#responder.version
  }

  bump(): number {
    return ++this.#responder.version
  }

  async listen(port: number): Promise<void> {
    try {
      await once(this.#server.listen(port, this.host), 'listening')
    } catch (cause) {
      throw new FlagServerError(
        `Cannot listen on ${this.host}, port ${port}: ${(cause as Error).message}. Choose another port, or 0 for any free one.`,
        'ERR_FLAG_SERVER_LISTEN',
        { cause },
      )
    }
    this.port = (this.#server.address() as AddressInfo).port
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const [socket, wire] of this.#connections) {
      wire.closedByServer = true
      socket.destroy()
    }
    this.log.stopped()
    await closed
    // So that nothing is written to the log any more.
    await Promise.all(this.#served)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Serves one connection: one request after the other, until either side has had enough. */
  async #serve(socket: Socket): Promise<void> {
    const gone = new AbortController()
    const wire = new Wire(socket, gone.signal)
    const origin = { connection: this.log.connected(), remotePort: socket.remotePort ?? 0 }
    this.#connections.set(socket, wire)
    // A client that leaves is nothing to report here: the log says how each answer ended.
    socket.on('error', () => {})
    socket.on('end', () => gone.abort())
    socket.on('close', () => {
      this.#connections.delete(socket)
      gone.abort()
    })
    const reader = new RequestReader(socket)
    try {
      let request = await reader.next()
      while (request !== undefined && (await this.#responder.respond(request, wire, origin))) request = await reader.next()
    } catch (error) {
      if (error instanceof UnreadableRequest) await this.#responder.refuse(error, wire).catch(() => {})
      else if (!(error instanceof ConnectionGone)) throw error
    }
    wire.finish()
  }
}
