import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Answer, composeAnswer, plain } from './answer.js'
import { FlagServerError } from './errors.js'
import { readFaultOptions } from './faults/options.js'
import type { Faults } from './faults/table.js'
import type { Span } from './faults/value.js'
import type { FlagServerOptions } from './options.js'
import { type Random, seededRandom } from './random.js'
import { type OpenRecord, type Outcome, RequestLog } from './request-log.js'
import { type Request, RequestReader, UnreadableRequest } from './request-reader.js'
import { sendAnswer } from './send.js'
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
  /** Ends every connection at once, and resolves when nothing of the server is left. */
  close(): Promise<void>
}

/**
 * Starts a server of the flags, with the faults asked for.
 *
 * @throws {FlagServerError} `ERR_FLAG_SERVER_OPTION` for a wrong option, `ERR_FLAG_SERVER_LISTEN` if the port cannot be opened.
 */
export async function startFlagServer(options: FlagServerOptions = {}): Promise<FlagServer> {
  const server = new RunningServer(options)
  await server.listen(options.port ?? 0)
  return server
}

class RunningServer implements FlagServer {
  readonly host: string
  readonly log: RequestLog
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #faults: Faults
  readonly #random: Random
  readonly #now: () => number
  readonly #onLine: (line: string) => void
  #closing: Promise<unknown> | undefined

  constructor(options: FlagServerOptions) {
    this.host = options.host ?? '127.0.0.1'
    this.log = new RequestLog(options.keep ?? 10_000)
    this.#faults = readFaultOptions(options)
    this.#random = options.random ?? (options.seed === undefined ? Math.random : seededRandom(options.seed))
    this.#now = options.now ?? Date.now
    this.#onLine = options.onLine ?? (() => {})
    this.#server = createServer({ noDelay: true }, (socket) => void this.#serve(socket))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://${this.host.includes(':') ? `[${this.host}]` : this.host}:${this.port}`
  }

  get flagsUrl(): string {
    return `${this.url}/flags`
  }

  async listen(port: number): Promise<void> {
    try {
      await once(this.#server.listen(port, this.host), 'listening')
    } catch (cause) {
      throw new FlagServerError(
        `Cannot listen on ${this.host}:${port}: ${(cause as Error).message}. Choose another port, or 0 for any free one.`,
        'ERR_FLAG_SERVER_LISTEN',
        { cause },
      )
    }
  }

  async close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = once(this.#server, 'close')
      this.#server.close()
      for (const socket of this.#sockets) socket.destroy()
      this.log.stopped()
    }
    await this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Serves one connection: one request after the other until either side has had enough. */
  async #serve(socket: Socket): Promise<void> {
    const gone = new AbortController()
    const connection = { number: this.log.connected(), port: socket.remotePort ?? 0 }
    this.#sockets.add(socket)
    // A client that leaves is nothing to report: the log says how each answer ended.
    socket.on('error', () => {})
    socket.on('end', () => gone.abort())
    socket.on('close', () => {
      this.#sockets.delete(socket)
      gone.abort()
    })
    const reader = new RequestReader(socket)
    const wire = new Wire(socket, gone.signal)
    try {
      for (let request = await reader.next(); request !== undefined; request = await reader.next()) {
        if (!(await this.#answer(request, wire, connection))) break
      }
    } catch (error) {
      if (error instanceof UnreadableRequest) await sendAnswer(this.#refusal(error), wire)
      else if (!(error instanceof ConnectionGone)) throw error
    }
    wire.finish()
  }

  /** Answers one request; true if the connection is good for another. */
  async #answer(request: Request, wire: Wire, connection: { readonly number: number; readonly port: number }): Promise<boolean> {
    const path = request.url.replace(/[?#].*/s, '')
    const faults = this.#faults
    const delay = faults.delay === undefined ? 0 : drawn(faults.delay, this.#random) * 1000
    const record = this.log.opened({
      time: this.#now(),
      ...request,
      path,
      connection: connection.number,
      remotePort: connection.port,
      delay,
    })
    wire.restart()
    let outcome: Outcome = 'complete'
    try {
      const answer = await this.#compose(request, path, record, wire)
      await sendAnswer(answer, wire)
      return answer.keepAlive
    } catch (error) {
      if (!(error instanceof ConnectionGone)) throw error
      outcome = this.#closing === undefined ? 'client-closed' : 'server-closed'
      this.#onLine(`${labelOf(path)} *** client closed`)
      return false
    } finally {
      record.bytesSent = wire.bytes
      this.log.closed(record, outcome, this.#now())
    }
  }

  async #compose(request: Request, path: string, record: OpenRecord, wire: Wire): Promise<Answer> {
    if (record.delay > 0) {
      this.#onLine(`${labelOf(path)} delay: ${(record.delay / 1000).toFixed(2)}s`)
      await wire.sleep(record.delay)
    }
    const answer = await composeAnswer(request, path, { faults: this.#faults, now: this.#now() })
    this.log.answering(record, answer.status)
    return answer
  }

  #refusal(error: UnreadableRequest): Answer {
    const request: Request = { method: 'GET', url: '', httpVersion: '1.0', headers: {}, rawHeaders: [] }
    return plain(request, error.status, error.message, this.#now())
  }
}

function drawn({ from, to }: Span, random: Random): number {
  return from === to ? from : from + random() * (to - from)
}

/** What the lines call a request: the country code, as the book does, or else the path. */
function labelOf(path: string): string {
  return /^\/flags\/([a-z]{2})\//i.exec(path)?.[1]?.toUpperCase() ?? JSON.stringify(path).slice(1, -1)
}
